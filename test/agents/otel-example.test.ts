import { afterAll, beforeAll, expect, it } from 'vitest';
import { AppModule } from '../../examples/otel/app.module.js';
import { ExampleApp } from './example-app.js';

let example: ExampleApp;
beforeAll(async () => {
  example = await ExampleApp.start(AppModule);
});
afterAll(() => example.app.close());

it('examples/otel: two users at once, each with the message, the tool, the run and one tree of their own', async () => {
  const ask = (user: string, seats: number) =>
    example.post(`/chat/s-${user}/messages`, { message: `A room for ${seats}` }, user);
  const answers = await Promise.all([ask('ada', 4), ask('bob', 2)]);
  expect(answers).toEqual([{ answer: 'I found this: Grace.' }, { answer: 'I found this: Ada.' }]);
  const events = example.analytics.events();
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
