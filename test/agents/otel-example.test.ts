import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppModule } from '../../examples/otel/app.module.js';

let app: INestApplication;
let analytics: AnalyticsRecorder;
beforeAll(async () => {
  const builder = Test.createTestingModule({ imports: [AppModule] });
  analytics = recordAnalytics(builder);
  app = (await builder.compile()).createNestApplication({ logger: false });
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

it('examples/otel: two users at once, each with the message, the tool, the run and one tree of their own', async () => {
  const url = await app.getUrl();
  const answers = await Promise.all(
    ['ada', 'bob'].map(async (user) => {
      const headers = { authorization: `Bearer demo-${user}`, 'content-type': 'application/json' };
      const body = JSON.stringify({ message: `A room for ${user === 'ada' ? 4 : 2}` });
      return (await fetch(`${url}/chat/s-${user}/messages`, { method: 'POST', headers, body })).json();
    }),
  );
  expect(answers).toEqual([{ answer: 'I found this: Grace.' }, { answer: 'I found this: Ada.' }]);
  const events = analytics.events();
  for (const user of ['ada', 'bob']) {
    const own = events.filter(({ distinctId }) => distinctId === user);
    expect(own.map(({ event }) => event).sort()).toEqual([
      '$ai_generation',
      '$ai_generation',
      '$ai_span',
      '$ai_span',
      '$ai_trace',
      'copilot_agent_run_success',
      'copilot_message_sent',
      'copilot_response_completed',
      'copilot_tool_called',
    ]);
    const traces = own.map(({ properties: p }) => p['$ai_trace_id']).filter((id) => id !== undefined);
    expect(new Set(traces).size).toBe(1);
    expect(new Set(own.map(({ properties: p }) => p['session_id']))).toEqual(new Set([`s-${user}`]));
    const run = own.find(({ event }) => event === 'copilot_agent_run_success');
    expect(run?.properties).toMatchObject({ graph_name: 'rooms', tool_calls: 1, generations: 2, input_tokens: 80 });
  }
});
