import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { setTraceProcessors, setTracingDisabled } from '@openai/agents';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppModule } from '../../examples/openai-agents/app.module.js';

describe('examples/openai-agents', () => {
  let app: INestApplication;
  let analytics: AnalyticsRecorder;

  beforeAll(async () => {
    setTracingDisabled(false);
    setTraceProcessors([]);
    const builder = Test.createTestingModule({ imports: [AppModule] });
    analytics = recordAnalytics(builder);
    app = (await builder.compile()).createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());
  beforeEach(() => analytics.clear());

  const post = async (path: string, body: object): Promise<unknown> => {
    const headers = { authorization: 'Bearer demo-ada', 'content-type': 'application/json' };
    const answer = await fetch(`${await app.getUrl()}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return answer.json();
  };
  const told = () =>
    analytics.events().map(({ event, properties: p }) => {
      const what = p['tool_name'] ?? p['graph_name'] ?? p['$ai_span_name'] ?? p['$ai_model'] ?? p['message_length'];
      return [event.replace('copilot_', ''), what, p['decision'] ?? p['outcome']].filter(Boolean).map(String).join(' ');
    });

  it('tells a question up to what waits for a person, and then the decision and the run as one', async () => {
    expect(await post('/chat/s1', { message: 'Where is 1815?' })).toEqual({ waiting: ['refund_order'] });
    expect(told().sort()).toEqual([
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

    analytics.clear();
    expect(await post('/chat/s1/decision', { approved: true })).toMatchObject({ waiting: [] });
    expect(told().sort()).toEqual([
      '$ai_generation scripted success',
      '$ai_span refund_order success',
      '$ai_trace refunds success',
      'agent_run_success copilot success',
      'response_completed success',
      'tool_called refund_order success',
      'tool_decision refund_order accept',
    ]);
    expect(analytics.last('copilot_agent_run_success')?.properties).toMatchObject({
      session_id: 's1',
      tool_calls: 2,
      generations: 4,
      input_tokens: 160,
    });
    expect(new Set(analytics.events().map(({ distinctId }) => distinctId))).toEqual(new Set(['ada']));
  });
});
