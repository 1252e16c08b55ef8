import { describe, expect, it } from 'vitest';
import type { AnalyticsEvent } from '../../src/event/analytics-event.js';
import { eventJson } from '../../src/event/fit-event.js';
import { copyEvent } from '../../src/inbox/copy-event.js';
import { runCurl } from './run-curl.js';
import { sampleEvent } from './sample-events.js';

const host = 'https://us.i.posthog.com';
const hostile = [
  `'; touch inbox-was-here; echo '`,
  '$(id) `id` ${HOME} \\ \\\\ \\n ! !! !$ "quoted" %s %n',
  '\u0000\u0007\u001b[31mred\u001b]0;title\u0007\r\n\t\u007f\u0085\u009b31m',
  '\u202eabc\u2066\u200b\u2028\u2029\ufeff',
  'ordinary ünïcödé 👍 漢字 עברית',
  '</script><script>alert(1)</script>',
];

describe('copy as curl', () => {
  it.each(['sh', 'bash'])('is read by %s into the same JSON, and runs nothing else', (shell) => {
    for (const text of hostile) {
      const event = sampleEvent({ event: text, distinctId: text, properties: { [text]: text, nested: [{ text }] } });
      const { body, args } = runCurl(shell, copyEvent(event, 'curl', host));
      expect(JSON.parse(body)).toEqual({ api_key: 'phc_secret', ...(JSON.parse(eventJson(event)) as object) });
      expect(args).toContain(`${host}/i/v0/e/`);
    }
  });

  it('holds no character that one can not see', () => {
    for (const text of hostile) {
      expect(copyEvent(sampleEvent({ properties: { text } }), 'curl', host)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }
  });

  it('writes a quote as its escape', () => {
    expect(copyEvent(sampleEvent({ properties: { text: "it's" } }), 'curl', host)).toContain('it\\u0027s');
  });

  it('works for an event of a megabyte, too large for an argument', () => {
    const event = sampleEvent({ properties: { text: "x'".repeat(450_000) } });
    const { body } = runCurl('bash', copyEvent(event, 'curl', host));
    expect((JSON.parse(body) as AnalyticsEvent).properties.text).toHaveLength(900_000);
  });
});

describe('copy as JSON', () => {
  it('is the element of the batch', () => {
    for (const text of hostile) {
      const event = sampleEvent({ properties: { text } });
      const copied = copyEvent(event, 'json', host);
      expect(JSON.parse(copied)).toEqual(JSON.parse(eventJson(event)));
      expect(copied.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe('copy as a line of a test', () => {
  it('names what is the same each time', () => {
    const event = sampleEvent({
      event: 'copilot_tool_called',
      properties: {
        tool_name: 'find_agent',
        tool_call_id: 'c1',
        documentIds: ['d1'],
        run_uuid: 'r1',
        seen_at: 'today',
        reference: '0190aa00-1111-7222-8333-444455556666',
        deep: { since: '2026-01-01T10:00:00Z' },
        outcome: 'success',
        duration_ms: 12.5,
        note: null,
        $ai_trace_id: 't',
      },
    });
    expect(copyEvent(event, 'test', host)).toBe(
      `expect(analytics).toHaveTracked('copilot_tool_called', { tool_name: 'find_agent', outcome: 'success' });`,
    );
  });

  it('is JavaScript that means the same, whatever the event holds', () => {
    for (const text of hostile) {
      const key = `a ${text}`;
      const event = sampleEvent({ event: text, properties: { [key]: text, nested: { [text]: [text] } } });
      const line = copyEvent(event, 'test', host);
      expect(runTestLine(line)).toEqual([text, { [key]: text, nested: { [text]: [text] } }]);
    }
  });
});

function runTestLine(line: string): unknown {
  const told: unknown[] = [];
  const expectation = () => ({ toHaveTracked: (...args: unknown[]) => told.push(...args) });
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- that is what is tested
  new Function('expect', 'analytics', line)(expectation, undefined);
  return told;
}
