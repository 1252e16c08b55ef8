import { analyticsMatchers } from 'nestjs-agent-analytics/testing';
import { describe, expect, it } from 'vitest';
import type { AnalyticsEvent } from '../../../src/event/analytics-event.js';
import { conversationTest } from '../../../src/inbox/conversation/conversation-test.js';
import { anonymousEvent, sampleConversation, sampleEvent } from '../sample-events.js';

expect.extend(analyticsMatchers);

describe('a conversation as a test', () => {
  const events: AnalyticsEvent[] = [
    anonymousEvent('chat-1', { event: 'copilot_message_sent', properties: { message_length: 5 } }),
    ...sampleConversation(1),
    ...sampleConversation(1),
    sampleEvent({ event: 'plan_upgraded', distinctId: 'user-1', properties: { session_id: 'chat-1', plan: 'pro' } }),
    sampleEvent({ event: '$ai_generation', properties: { session_id: 'chat-1' } }),
  ];

  it('names each event, its person, and what is the same each time, and counts', async () => {
    const text = conversationTest('chat-1', events);
    expect(text.match(/^ {2}expect.*$/gm)).toEqual(
      [
        "'copilot_message_sent', { message_length: 5 }, { as: `anonymous_${session}`, session, times: 1 }",
        "'copilot_message_sent', { message_length: 13 }, { as: 'user-1', session, times: 2 }",
        "'copilot_tool_called', { tool_name: 'run_agent', outcome: 'success' }, { as: 'user-1', session, times: 2 }",
        "'copilot_agent_run_success', { graph_id: 'g1', graph_name: 'Newsletter', outcome: 'success' }, { as: 'user-1', session, times: 2 }",
        "'copilot_response_completed', { outcome: 'success' }, { as: 'user-1', session, times: 2 }",
        "'plan_upgraded', { plan: 'pro' }, { as: 'user-1', session, times: 1 }",
      ].map((call) => `  expect(analytics).toHaveTracked(${call});`),
    );
    await runTest(text, events);
  });

  it('fails where any one of its events is missing, doubled or otherwise', async () => {
    const text = conversationTest('chat-1', events);
    for (const [place, event] of events.entries()) {
      if (event.event.startsWith('$')) continue;
      const others = events.filter((_, other) => other !== place);
      await expect(runTest(text, others)).rejects.toThrow(`Expected: ${event.event}`);
      await expect(runTest(text, [...events, event])).rejects.toThrow(`Expected: ${event.event}`);
      await expect(runTest(text, [...others, { ...event, distinctId: 'eve' }])).rejects.toThrow('the person is "eve"');
    }
  });

  it('holds where one event says less than another', async () => {
    const some = [
      sampleEvent({ event: 'x_tool_called', properties: { tool_name: 'find' } }),
      sampleEvent({ event: 'x_tool_called', properties: { tool_name: 'find', outcome: 'error' } }),
    ];
    await runTest(conversationTest('s1', some), some);
  });

  it('is a test that holds whatever the events hold, and runs nothing else', async () => {
    const hostile = [
      "'); process.exit(1); ('",
      '`${process.exit(1)}` ${process.exit(1)} \\',
      '*/ // \n process.exit(1)',
      '\u2028process.exit(1)\u202e\u0000\u001b[31m',
      '__proto__',
    ];
    for (const text of hostile) {
      const some = [
        sampleEvent({ event: text, distinctId: text, properties: { session_id: text, [text]: text, deep: [text] } }),
        anonymousEvent(text, { event: 'copilot_message_sent' }),
      ];
      const copied = conversationTest(text, some);
      await runTest(copied, some);
      expect(copied).not.toMatch(/[^\n\P{Cc}]|[\p{Cf}\p{Zl}]/u);
    }
  });
});

/** Runs what was copied against these events. */
async function runTest(text: string, events: readonly AnalyticsEvent[]): Promise<void> {
  const body = text.replace(/^import .*$/gm, '');
  let test: (() => Promise<void>) | undefined;
  const it = (_: string, run: () => Promise<void>) => (test = run);
  const haveConversation = () => ({ events: () => events });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- that is what is tested
  new Function('it', 'expect', 'analyticsMatchers', 'haveConversation', body)(
    ...[it, expect, analyticsMatchers, haveConversation],
  );
  if (test === undefined) throw new Error('there is no test in it');
  await test();
}
