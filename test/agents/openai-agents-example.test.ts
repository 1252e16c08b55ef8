import { setTraceProcessors, setTracingDisabled } from '@openai/agents';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppModule } from '../../examples/openai-agents/app.module.js';
import { ExampleApp } from './example-app.js';

describe('examples/openai-agents', () => {
  let example: ExampleApp;
  beforeAll(async () => {
    setTracingDisabled(false);
    setTraceProcessors([]);
    example = await ExampleApp.start(AppModule);
  });
  afterAll(() => example.app.close());

  it('tells a question up to what waits for a person, and then the decision and the run as one', async () => {
    expect(await example.post('/chat/s1', { message: 'Where is 1815?' })).toEqual({ waiting: ['refund_order'] });
    expect(example.told()).toEqual([
      '$ai_generation scripted success',
      '$ai_generation scripted success',
      '$ai_generation scripted success',
      '$ai_span find_order success',
      '$ai_span refunds interrupted',
      '$ai_trace copilot interrupted',
      'message_sent 14',
      'response_completed interrupted',
      'tool_called find_order success',
    ]);

    example.analytics.clear();
    expect(await example.post('/chat/s1/decision', { approved: true })).toMatchObject({ waiting: [] });
    expect(example.told()).toEqual([
      '$ai_generation scripted success',
      '$ai_span refund_order success',
      '$ai_trace refunds success',
      'agent_run_success copilot success',
      'response_completed success',
      'tool_called refund_order success',
      'tool_decision refund_order accept',
    ]);
    expect(example.analytics.last('copilot_agent_run_success')?.properties).toMatchObject({
      session_id: 's1',
      tool_calls: 2,
      generations: 4,
      input_tokens: 160,
    });
    expect(new Set(example.analytics.events().map(({ distinctId }) => distinctId))).toEqual(new Set(['ada']));
  });
});
