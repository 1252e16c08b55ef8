import type { Server } from 'node:http';
import {
  Inject,
  Logger,
  Module,
  type BeforeApplicationShutdown,
  type CanActivate,
  type DynamicModule,
  type NestModule,
  type OnModuleInit,
  type Type,
} from '@nestjs/common';
import { HttpAdapterHost, ModuleRef } from '@nestjs/core';
import { SINK_REGISTRY, type SinkRegistry } from '../delivery/sink-registry.js';
import { messages, type Message } from '../event/messages.js';
import { AnalyticsInbox } from './analytics-inbox.js';
import { refuse } from './answer.js';
import { refuseByGuard } from './guard-call.js';
import type { Refusal } from './inbox-access.js';
import { Inbox } from './inbox.js';
import { InboxConfigurationError, resolveInboxSettings, type InboxOptions } from './inbox.options.js';
import { mountOnAdapter, type MountedRequest } from './mount.js';

const INBOX = Symbol.for('nestjs-agent-analytics:inbox');

/**
 * A page in the application that shows its own events as they come, and what PostHog will do with each. Its address
 * is printed when the application listens. For development; in production it needs a guard.
 *
 * @example
 * @Module({ imports: [AnalyticsModule.forRoot(), AnalyticsInboxModule.forRoot({ path: '/__inbox' })] })
 * export class AppModule {}
 */
@Module({})
export class AnalyticsInboxModule implements NestModule, OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('AnalyticsInbox');
  private isMounted = false;
  private guard: CanActivate | undefined;

  constructor(
    @Inject(INBOX) private readonly inbox: Inbox | null,
    @Inject(AnalyticsInbox) private readonly handle: AnalyticsInbox,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
  ) {}

  /** Throws `InboxConfigurationError` for a malformed option. */
  static forRoot(options: InboxOptions = {}): DynamicModule {
    const settings = resolveInboxSettings(options);
    return {
      module: AnalyticsInboxModule,
      providers: [
        {
          provide: INBOX,
          // Made with the providers, so that it is there before the first event.
          useFactory: (registry?: SinkRegistry) => (settings.enabled ? new Inbox(settings, registry) : null),
          inject: [{ token: SINK_REGISTRY, optional: true }],
        },
        {
          provide: AnalyticsInbox,
          useFactory: (inbox: Inbox | null) => new AnalyticsInbox(settings.path, inbox?.token.value),
          inject: [INBOX],
        },
      ],
      exports: [AnalyticsInbox],
    };
  }

  /** @internal Nest calls it when the adapter exists and before routes are registered. */
  configure(): void {
    const { inbox } = this;
    if (inbox === null || this.isMounted) return;
    if (process.env.NODE_ENV === 'production' && inbox.settings.guard === undefined) {
      throw new InboxConfigurationError(messages.inboxInProduction());
    }
    if (!inbox.hasAnalytics) throw new InboxConfigurationError(messages.inboxWithoutAnalytics());
    const adapter = this.adapterHost.httpAdapter;
    this.isMounted = mountOnAdapter(adapter, {
      owns: (url) => inbox.server.owns(url),
      handle: (mounted) => void this.handleRequest(inbox, mounted),
    });
    if (!this.isMounted) return this.logger.warn(textOf(messages.inboxWithoutServer()));
    this.handle.follow(adapter.getHttpServer() as Server, () => this.logger.log(`Inbox: ${this.handle.url ?? ''}`));
  }

  /** @internal */
  async onModuleInit(): Promise<void> {
    const { inbox } = this;
    if (inbox === null) return;
    this.configure();
    this.guard = await this.makeGuard(inbox.settings.guard);
  }

  /** @internal Open streams would keep the server from closing. */
  beforeApplicationShutdown(): void {
    this.inbox?.close();
  }

  private async handleRequest({ server, settings }: Inbox, mounted: MountedRequest): Promise<void> {
    const { request, response, url } = mounted;
    if (!server.isAllowed(request, response, url)) return;
    if (settings.guard !== undefined) {
      const refusal = this.guard === undefined ? notReady : await refuseByGuard(this.guard, mounted);
      if (refusal !== undefined) return refuse(response, refusal);
    }
    await server.answer(request, response, url);
  }

  /** The application's own instance of the guard, where it has one. */
  private async makeGuard(guard: Type<CanActivate> | CanActivate | undefined): Promise<CanActivate | undefined> {
    if (typeof guard !== 'function') return guard;
    try {
      return this.moduleRef.get<CanActivate>(guard, { strict: false });
    } catch {
      return this.moduleRef.create(guard);
    }
  }
}

const notReady: Refusal = { status: 503, text: 'The application is still starting.' };

function textOf({ code, text }: Message): string {
  return `${text} (${code})`;
}
