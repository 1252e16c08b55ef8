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

/** docs/errors.md: every text that the library says, by its code. */
export function errorsPage(): string {
  const texts = Object.entries(messages as unknown as Record<string, (...args: string[]) => Message>)
    .map(([name, text]) => ({ title: titleOf(name), ...text(...parametersOf(text)) }))
    .sort((a, b) => a.code.localeCompare(b.code));
  const lines = [
    '# What the library says',
    '',
    'Each text has a code that stays. Warnings are said once a kind; a trouble that lasts is said when it begins and when',
    'it is over. What is in ‹angles› is filled in. No text ever holds a key or what a user wrote.',
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
