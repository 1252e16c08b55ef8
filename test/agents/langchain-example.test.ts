import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppModule } from '../../examples/langchain/app.module.js';

describe('examples/langchain', () => {
  let app: INestApplication;
  let analytics: AnalyticsRecorder;

  beforeAll(async () => {
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
  const told = (): string[] =>
    analytics.events().map(({ event, properties: p }) => {
      const what = p['tool_name'] ?? p['graph_name'] ?? p['$ai_span_name'] ?? p['message_length'];
      return [event.replace('copilot_', ''), what, p['decision'] ?? p['outcome']].filter(Boolean).map(String).join(' ');
    });

  it('tells a wish up to the booking that waits for a person, and then the decision and the run as one', async () => {
    expect(await post('/chat/s1/messages', { message: 'A room for 4, please' })).toMatchObject({ answer: '' });
    expect(told().sort()).toEqual([
      '$ai_generation success',
      '$ai_generation success',
      '$ai_span find_room success',
      '$ai_trace rooms interrupted',
      'message_sent 20',
      'response_completed interrupted',
      'tool_called find_room success',
    ]);

    analytics.clear();
    expect(await post('/chat/s1/decision', { approve: true })).toMatchObject({ answer: 'Done: Grace is booked.' });
    expect(told().sort()).toEqual([
      '$ai_generation success',
      '$ai_span book_room success',
      '$ai_trace rooms success',
      'agent_run_success rooms success',
      'response_completed success',
      'tool_called book_room success',
      'tool_decision book_room accept',
    ]);
    expect(analytics.last('copilot_agent_run_success')?.properties).toMatchObject({
      session_id: 's1',
      tool_calls: 2,
      generations: 3,
      input_tokens: 80,
    });
    expect(new Set(analytics.events().map(({ distinctId }) => distinctId))).toEqual(new Set(['ada']));
  });
});
