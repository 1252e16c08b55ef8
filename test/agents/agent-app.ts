import { type INestApplicationContext, type LoggerService, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  AnalyticsContext,
  AnalyticsModule,
  AnalyticsService,
  type AnalyticsContextValues,
  type AnalyticsOptions,
} from 'nestjs-agent-analytics';
import { startPostHogServer, type IngestedEvent, type PostHogServer } from '../support/posthog-server.js';

/** An application of an agent framework, with a PostHog of its own that keeps what arrives. */
export class AgentApp {
  private constructor(
    private readonly app: INestApplicationContext,
    readonly server: PostHogServer,
    private readonly logged: string[],
  ) {}

  static async start(options: AnalyticsOptions, providers: Type[] = []): Promise<AgentApp> {
    const server = await startPostHogServer({ apiKey: 'phc_agents' });
    const logged: string[] = [];
    const module = await Test.createTestingModule({
      imports: [AnalyticsModule.forRoot({ apiKey: 'phc_agents', host: server.url, environment: 'test', ...options })],
      providers,
    })
      .setLogger(collecting(logged))
      .compile();
    await module.init();
    return new AgentApp(module, server, logged);
  }

  get analytics(): AnalyticsService {
    return this.app.get(AnalyticsService);
  }

  get<T>(type: Type<T>): T {
    return this.app.get(type);
  }

  /** As one message of a user in a chat. */
  async as<T>(user: string, work: () => Promise<T>, more: AnalyticsContextValues = {}): Promise<T> {
    return AnalyticsContext.run({ userId: user, sessionId: `session-${user}`, trigger: 'chat', ...more }, work);
  }

  /** Everything that has arrived; fails where PostHog refused something, or something was lost. */
  async events(): Promise<IngestedEvent[]> {
    await this.analytics.flush();
    const { accepted, delivered, refused } = this.analytics.stats();
    if (accepted !== delivered) throw new Error(`${accepted} accepted, ${delivered} delivered`);
    if (Object.keys(refused).length > 0) throw new Error(`refused: ${JSON.stringify(refused)}`);
    return [...this.server.events];
  }

  /** All that went over the wire and all that was said, as one text. */
  get everythingSaid(): string {
    return JSON.stringify(this.server.requests.map(({ json }) => json)) + this.logged.join('\n');
  }

  /** Ends the application, and with it what is still open. */
  async leave(): Promise<void> {
    await this.app.close();
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.server.close();
  }
}

function collecting(logged: string[]): LoggerService {
  const log = (...args: unknown[]) => void logged.push(args.map(String).join(' '));
  return { log, error: log, warn: log, debug: log, verbose: log };
}
