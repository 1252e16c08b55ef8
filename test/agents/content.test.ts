import type { AnalyticsOptions, CapturedContent } from 'nestjs-agent-analytics';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentApp } from './agent-app.js';
import type { AgentFramework } from './framework.js';
import { frameworks } from './frameworks.js';
import { scenarios } from './scenarios.js';

let app: AgentApp | undefined;
afterEach(async () => app?.close());

/** The kinds of content that a conversation with tools holds, each by its marker. */
const markers = ['SYSTEM', 'PROMPT', 'COMPLETION', 'ARGUMENT', 'RESULT', 'TOOLDEFINITION', 'TOOLERROR'] as const;

/** What of them is in the properties of `$ai_*` events, and nowhere else. */
async function seenWith(framework: AgentFramework, options: AnalyticsOptions): Promise<string[]> {
  app = await AgentApp.start({ ...options, integrations: framework.integrations() });
  const { current } = { current: app };
  await current.as('ada', () => framework.ask(scenarios['two tools, of which one throws']));
  const events = await current.events();
  const others = events.filter(({ event }) => !event.startsWith('$ai_'));
  const marked = (text: string) => markers.filter((marker) => text.includes(`MARKER-${marker}`));
  if (options.captureErrorMessages !== true) expect(marked(JSON.stringify(others))).toEqual([]);
  return marked(current.everythingSaid);
}

describe.each(frameworks.map((framework) => [framework.name, framework] as const))('%s', (_, framework) => {
  it('lets nothing of a conversation out by default', async () => {
    expect(await seenWith(framework, {})).toEqual([]);
  });

  it('lets everything out where all is switched on', async () => {
    expect(await seenWith(framework, { captureContent: true, captureErrorMessages: true })).toEqual([...markers]);
  });

  it.each<[CapturedContent, string[]]>([
    ['prompts', ['SYSTEM', 'PROMPT']],
    ['completions', ['COMPLETION']],
    ['toolArguments', ['ARGUMENT']],
    ['toolResults', ['RESULT']],
    ['toolDefinitions', ['TOOLDEFINITION']],
  ])('lets only %s out where only that is switched on', async (kind, expected) => {
    expect(await seenWith(framework, { captureContent: [kind] })).toEqual(expected);
  });
});

describe('captureErrorMessages', () => {
  const [framework] = frameworks as [AgentFramework];

  it('lets the messages of errors out, of the provider and of tools', async () => {
    app = await AgentApp.start({ captureErrorMessages: true, integrations: framework.integrations() });
    const { current } = { current: app };
    await current.as('ada', () => framework.ask(scenarios['two tools, of which one throws']));
    await expect(current.as('ada', () => framework.ask(scenarios['an error of the provider']))).rejects.toThrow();
    const events = await current.events();
    const messages = events.flatMap(({ properties: p }) => [p['$ai_error'], p['error_message']]).filter(Boolean);
    expect(new Set(messages)).toEqual(new Set(['MARKER-TOOLERROR', 'MARKER-PROVIDERERROR']));
    expect(current.everythingSaid).not.toMatch(/MARKER-(?!TOOLERROR|PROVIDERERROR)/);
  });
});
