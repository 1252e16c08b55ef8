import { Injectable } from '@nestjs/common';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../../../src/cli/run-command.js';
import type { ProblemReport } from '../../../src/inbox/problems/problem-api.js';
import type { AnalyticsOptions } from '../../../src/module/analytics.options.js';
import { TrackToolCall } from '../../../src/tracking/track-tool-call.decorator.js';
import { startAnalyticsApp, type AnalyticsApp } from '../../inbox/problems/analytics-app.js';
import { TestTerminal } from '../test-terminal.js';

@Injectable()
class Tools {
  @TrackToolCall()
  find(): string {
    return 'found';
  }
}

const start = async (options?: AnalyticsOptions): Promise<AnalyticsApp> => {
  const app = await startAnalyticsApp(options, [Tools]);
  onTestFinished(() => app.close());
  return app;
};
const problems = async (...args: string[]): Promise<TestTerminal> => {
  const terminal = new TestTerminal();
  expect(await runCommand(['inbox', 'problems', ...args], terminal)).toBe(0);
  return terminal;
};

describe('inbox problems', () => {
  it('says why nothing is there, and what to do', async () => {
    const app = await start();
    const { lines } = await problems('--url', app.url);
    expect(lines[0]).toBe('Nothing came yet: The one decorated method has not been called yet.');
    expect(lines[1]).toMatch(/^Shown here only\. .* 0 delivered, 0 pending\.$/);
    const silent = lines.slice(lines.indexOf('note  Never fired, 1 ×'));
    expect(silent[2]).toMatch(/^ {6}Do this: Use what calls them/);
    expect(silent[3]).toBe('      - Tools.find  @TrackToolCall');
  });

  it('lets nothing of an event reach the terminal, and writes JSON that says the same', async () => {
    const app = await start({ beforeSend: () => null });
    const name = 'a\u001b[31m\u202e\nb';
    app.analytics.capture(name);
    await app.analytics.flush();
    const { lines } = await problems('--url', app.url);
    expect(lines).toContain('      - a\\u001b[31m\\u202e\\u000ab');
    const json = await problems('--json', '--url', app.url);
    expect(json.lines).toHaveLength(1);
    expect(json.lines[0]).toMatch(/^[\x20-\x7e…]*$/);
    const report = JSON.parse(json.lines[0] ?? '') as ProblemReport;
    expect(report.problems.find(({ id }) => id === 'dropped:before_send')?.items[0]?.name).toBe(name);
  });

  it('says so when there is no inbox', async () => {
    const terminal = new TestTerminal();
    expect(await runCommand(['inbox', 'problems', '--url', 'http://localhost:1/__inbox'], terminal)).toBe(1);
    expect(terminal.errors[0]).toContain('There is no inbox at');
  });
});
