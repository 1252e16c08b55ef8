import { messages, type Message } from '../../src/event/messages.js';

const chapters: Record<string, string> = {
  NAA0: 'At the start: these stop the bootstrap',
  NAA1: 'Tracking and context',
  NAA2: 'Events',
  NAA3: 'Delivery',
  NAA4: 'The spool',
  NAA5: 'The inbox',
  NAA6: 'Agent frameworks',
  NAA7: 'The command line and tests',
};

/** Headings where the text's own name reads badly. */
const titles: Partial<Record<keyof typeof messages, string>> = {
  secondForRoot: 'forRoot() twice',
  refusedPostHogOption: 'Refused posthog-node option',
  noOptionsFactory: 'forRootAsync() without a factory',
  noForRoot: 'forRoot() missing',
  spoolWithoutDir: 'Spool without a folder',
  noOptions: 'Options not an object',
  callbackAsync: 'Asynchronous callback',
  secondIdentity: 'Second user or session',
  callFailed: 'Unreadable arguments',
  beforeConfiguration: 'Called before the configuration',
  userIdType: 'User id of a wrong type',
  beforeSendThrew: '`beforeSend` threw',
  beforeSendInvalid: '`beforeSend` returned no event',
  leftAtClose: 'Undelivered at close',
  onDropThrew: '`onDrop` threw',
  posthogClientFailed: 'PostHog client failed',
  spoolLeft: 'Events left in the spool',
  standaloneInProduction: 'Stand-alone inbox in production',
  agentsSdkMissing: '`@openai/agents` not found',
  agentsTracingOff: 'Tracing of `@openai/agents` off',
  langchainNotFound: '`@langchain/core` not found',
  notAnMcpServer: 'Not an MCP server',
};

/** docs/errors.md: every text that the library says, by its code. */
export function errorsPage(): string {
  const texts = Object.entries(messages as unknown as Record<string, (...args: string[]) => Message>)
    .map(([name, text]) => ({
      title: titles[name as keyof typeof messages] ?? titleOf(name),
      ...text(...parametersOf(text)),
    }))
    .sort((a, b) => a.code.localeCompare(b.code));
  const lines = [
    '# What the library says',
    '',
    'Each message has a code that stays the same. NAA0xx and NAA501 to NAA503 stop the start. NAA110 to NAA113 are thrown as',
    'the class is loaded. NAA511 and NAA512 stop the stand-alone inbox. All others are lines in the log: a warning once for',
    'each kind, a trouble that lasts when it begins and when it is over. What is in ‹angles› is filled in. No message ever',
    'holds a key or what a user wrote.',
    '',
    'This page is printed from `src/event/messages.ts`: `npx vitest run test/docs -u`.',
  ];
  let chapter: string | undefined;
  for (const { code, title, text } of texts) {
    if (code.slice(0, 4) !== chapter) {
      chapter = code.slice(0, 4);
      lines.push('', `# ${chapters[chapter] ?? chapter}`);
    }
    const [what = '', remedy] = text.replaceAll('NaN', '‹n›').split(' Do this: ');
    lines.push('', `## ${code} ${title}`, '', `> ${what}`);
    if (remedy !== undefined) lines.push('', `Do this: ${remedy}`);
  }
  return `${lines.join('\n')}\n`;
}

/** `badSetting` → `Bad setting`. */
function titleOf(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words[0]?.toUpperCase() + words.slice(1);
}

/** The names of a text's parameters, each in angles, to stand for themselves. */
function parametersOf(text: (...args: string[]) => Message): string[] {
  const list = /^\(([^)]*)\)/.exec(String(text))?.[1] ?? '';
  return list
    .split(',')
    .map((parameter) => parameter.trim())
    .filter((parameter) => parameter !== '')
    .map((parameter) => `‹${parameter}›`);
}
