import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../../src/cli/run-command.js';
import type { FoundEvent } from '../../../src/inbox/inbox-api.js';
import { startInboxApp, type InboxApp } from '../../inbox/inbox-app.js';
import { sampleConversation, sampleEvent } from '../../inbox/sample-events.js';
import { TestTerminal } from '../test-terminal.js';

describe('inbox tail', () => {
  let inbox: InboxApp;
  let terminal: TestTerminal;
  let ended: Promise<number> | undefined;

  beforeEach(async () => {
    inbox = await startInboxApp();
    terminal = new TestTerminal();
  });
  afterEach(async () => {
    terminal.interrupt();
    await ended;
    await inbox.close();
  });

  const tail = (...args: string[]): void => {
    ended = runCommand(['inbox', 'tail', '--url', inbox.url, ...args], terminal);
  };

  it('writes the last events, then each as it comes', async () => {
    void inbox.tap.write(sampleConversation(1));
    tail('--lines', '2');
    await terminal.until(({ lines }) => lines.length === 2);
    void inbox.tap.write(sampleConversation(2));
    await terminal.until(({ lines }) => lines.length === 6);
    expect(terminal.lines.map((line) => line.split('  ').slice(1, 3).join(' '))).toEqual([
      'copilot_agent_run_success Newsletter',
      'copilot_response_completed person user-1',
      'copilot_message_sent 14 characters',
      'copilot_tool_called search_docs',
      'copilot_agent_run_success Newsletter',
      'copilot_response_completed person user-2',
    ]);
    terminal.interrupt();
    expect(await ended).toBe(0);
  });

  it('filters, and writes JSON that says the same', async () => {
    void inbox.tap.write([sampleEvent({ event: 'wanted' })]);
    tail('--json', '--event', 'wanted');
    await terminal.until(({ lines }) => lines.length === 1);
    const text = 'a"\u202e\u001b[31m\u0000\u2028';
    void inbox.tap.write([sampleEvent({ event: 'other' }), sampleEvent({ event: 'wanted', properties: { text } })]);
    await terminal.until(({ lines }) => lines.length === 2);
    const line = terminal.lines[1] ?? '';
    expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
    const row = JSON.parse(line) as FoundEvent;
    expect(row).toMatchObject({ event: 'wanted', state: 'pending', wire: { properties: { text } } });
  });

  it('lets no event move the cursor, colour the screen or begin a line', async () => {
    const evil = 'a\u001b]0;title\u0007\r\n\u009b2J\u202eb';
    void inbox.tap.write([
      sampleEvent({ event: evil, distinctId: evil, properties: { tool_name: evil, outcome: evil } }),
    ]);
    tail();
    await terminal.until(({ lines }) => lines.length === 1);
    expect(terminal.lines[0]).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(terminal.lines[0]).toContain('\\u001b]0;title\\u0007');
  });

  it('goes on after the application was restarted', async () => {
    void inbox.tap.write([sampleEvent({ event: 'before' })]);
    tail();
    await terminal.until(({ lines }) => lines.length === 1);
    const port = Number(new URL(inbox.origin).port);
    await inbox.close();
    await terminal.until(({ errors }) => errors.length === 1);
    inbox = await startInboxApp({ port });
    void inbox.tap.write([sampleEvent({ event: 'after_restart' })]);
    await terminal.until(({ lines }) => lines.length === 2);
    expect(terminal.lines[1]).toContain('after_restart');
  });

  it('ends where it may not look', async () => {
    ended = runCommand(['inbox', 'tail', '--url', `${inbox.origin}/__inbox/?token=${'x'.repeat(43)}`], terminal);
    expect(await ended).toBe(1);
    expect(terminal.errors[0]).toContain('token');
  });
});
