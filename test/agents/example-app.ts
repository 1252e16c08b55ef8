import type { INestApplication, Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';

/** One of the examples, its module unchanged, on a port of its own. */
export class ExampleApp {
  private constructor(
    readonly app: INestApplication,
    readonly analytics: AnalyticsRecorder,
  ) {}

  static async start(module: Type, prepare?: (app: INestApplication) => Promise<unknown>): Promise<ExampleApp> {
    const builder = Test.createTestingModule({ imports: [module] });
    const analytics = recordAnalytics(builder);
    const app = (await builder.compile()).createNestApplication({ logger: false });
    await prepare?.(app);
    await app.listen(0, '127.0.0.1');
    return new ExampleApp(app, analytics);
  }

  /** What the example answers to one of its users. */
  async post(path: string, body: object, user = 'ada'): Promise<unknown> {
    const headers = { authorization: `Bearer demo-${user}`, 'content-type': 'application/json' };
    const url = new URL(path, await this.app.getUrl());
    return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  }

  /** Each event as one line, in alphabetical order. */
  told(): string[] {
    const lines = this.analytics.events().map(({ event, properties: p }) => {
      const what = p['tool_name'] ?? p['graph_name'] ?? p['$ai_span_name'] ?? p['$ai_model'] ?? p['message_length'];
      const words = [event.replace('copilot_', ''), what, p['decision'] ?? p['outcome']];
      return words
        .filter((word) => word !== undefined && word !== null)
        .map(String)
        .join(' ');
    });
    return lines.sort();
  }
}
