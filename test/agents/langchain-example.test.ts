import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../../examples/langchain/app.module.js';
import { ExampleApp } from './example-app.js';

describe('examples/langchain', () => {
  let example: ExampleApp;
  beforeAll(async () => {
    example = await ExampleApp.start(AppModule);
  });
  afterAll(() => example.app.close());

  it('tells a wish up to the booking that waits for a person, and then the decision and the run as one', async () => {
    expect(await example.post('/chat/s1/messages', { message: 'A room for 4, please' })).toMatchObject({ answer: '' });
    expect(example.told()).toEqual([
      '$ai_generation success',
      '$ai_generation success',
      '$ai_span find_room success',
      '$ai_trace rooms interrupted',
      'message_sent 20',
      'response_completed interrupted',
      'tool_called find_room success',
    ]);

    example.analytics.clear();
    expect(await example.post('/chat/s1/decision', { approve: true })).toMatchObject({
      answer: 'Done: Grace is booked.',
    });
    expect(example.told()).toEqual([
      '$ai_generation success',
      '$ai_span book_room success',
      '$ai_trace rooms success',
      'agent_run_success rooms success',
      'response_completed success',
      'tool_called book_room success',
      'tool_decision book_room accept',
    ]);
    expect(example.analytics.last('copilot_agent_run_success')?.properties).toMatchObject({
      session_id: 's1',
      tool_calls: 2,
      generations: 3,
      input_tokens: 80,
    });
    expect(new Set(example.analytics.events().map(({ distinctId }) => distinctId))).toEqual(new Set(['ada']));
  });
});
