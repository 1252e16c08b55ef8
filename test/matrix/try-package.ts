import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';
import { startPostHogServer } from '../support/posthog-server.js';
import type { Compilation, Consumer } from './consumer.js';
import { count } from './figures.js';
import { bins, entries } from './packed-package.js';

type Task = TestContext['task'];

export type Adapter = 'express' | 'fastify';

/** Runs a compiled application on each adapter: it answers, shows its inbox, and what it tracked arrives. */
export async function tryApplication(
  task: Task,
  consumer: Consumer,
  folder: string,
  adapters: readonly Adapter[],
  node?: string,
): Promise<void> {
  for (const adapter of adapters) {
    const posthog = await startPostHogServer();
    try {
      const env = { POSTHOG_API_KEY: 'phc_matrix', POSTHOG_HOST: posthog.url };
      const printed = await consumer.run(join(folder, `on-${adapter}.js`), env, node);
      const lines = printed.trimEnd().split('\n');
      // Nest warns of its own on stdout; this package has nothing to warn of.
      expect(lines.filter((line) => line.includes('NAA'))).toEqual([]);
      expect(JSON.parse(lines.at(-1) ?? ''), folder).toEqual({
        status: 201,
        body: { sessionId: 's1', agents: [{ graphId: 'digest', name: 'hello' }] },
        page: '200 true',
        health: 'ok',
        books: { accepted: 4, delivered: 4, pending: 0 },
      });
      const trace = posthog.events[0]?.properties['$ai_trace_id'];
      expect(trace).toBeTypeOf('string');
      const arrived = posthog.events.map(({ event, distinct_id, properties }) => ({ event, distinct_id, properties }));
      const shared = { session_id: 's1', $ai_trace_id: trace };
      const event = (name: string, distinct_id: string, properties: object): unknown =>
        expect.objectContaining({
          event: name,
          distinct_id,
          properties: expect.objectContaining(properties) as unknown,
        });
      expect(arrived, folder).toHaveLength(4);
      expect(arrived, folder).toEqual(
        expect.arrayContaining([
          event('copilot_message_sent', 'anonymous_s1', { ...shared, message_length: 5 }),
          event('copilot_tool_called', 'anonymous_s1', {
            ...shared,
            tool_name: 'find_agent',
            outcome: 'success',
            agents: 1,
          }),
          event('copilot_response_completed', 'anonymous_s1', { ...shared, outcome: 'success', tool_calls: 1 }),
          event('plan_upgraded', 'u1', { plan: 'pro' }),
        ]),
      );
      count(task, 'applications');
      count(task, 'events', arrived.length);
    } finally {
      await posthog.close();
    }
  }
}

/** Compiles the application with its start on each adapter. Gives the folder. */
export async function compileApplication(
  task: Task,
  consumer: Consumer,
  compilation: Compilation,
  adapters: readonly Adapter[],
): Promise<string> {
  const starts = adapters.map((adapter) => `on-${adapter}.ts`);
  const folder = await consumer.compile(compilation, ['app.module.ts', 'converse.ts', 'declarations.ts', ...starts]);
  count(task, 'compilations');
  return folder;
}

/** Every export path gives the same things to `import` and `require`; what is behind them is out of reach. */
export async function tryEntries(task: Task, consumer: Consumer, node?: string): Promise<void> {
  const file = join(consumer.folder, 'entries.cjs');
  writeFileSync(file, compareEntries);
  const { compared, differing, inside } = JSON.parse(
    await consumer.run(file, { ENTRIES: JSON.stringify(entries()) }, node),
  ) as { compared: Record<string, number>; differing: string[]; inside: string };
  expect(differing).toEqual([]);
  expect(Object.keys(compared)).toEqual(entries());
  expect(Math.min(...Object.values(compared))).toBeGreaterThan(0);
  expect(inside).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
  count(task, 'entries', entries().length);
}

/** Every command of the package starts where a consumer has it. */
export async function tryBins(consumer: Consumer): Promise<void> {
  for (const name of bins()) expect(await consumer.runBin(name, ['--help'])).toContain(name);
}

const compareEntries = `
const entries = JSON.parse(process.env.ENTRIES);
const isExport = (key) => !['default', '__esModule', 'module.exports'].includes(key);
async function compare() {
  const compared = {};
  const differing = [];
  for (const entry of entries) {
    const required = require(entry);
    const imported = await import(entry);
    const keys = [...new Set([...Object.keys(required), ...Object.keys(imported)])].filter(isExport);
    compared[entry] = keys.length;
    differing.push(...keys.filter((key) => required[key] !== imported[key]).map((key) => entry + ' ' + key));
  }
  const inside = await import('nestjs-agent-analytics/dist/esm/index.js').catch((error) => error.code);
  console.log(JSON.stringify({ compared, differing, inside }));
}
void compare();
`;
