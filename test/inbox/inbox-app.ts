import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { Controller, Get, Global, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { EventSink } from '../../src/delivery/event-sink.js';
import { SINK_REGISTRY, SinkRegistry } from '../../src/delivery/sink-registry.js';
import { AnalyticsInbox, AnalyticsInboxModule, type InboxOptions } from '../../src/inbox/index.js';

export type AdapterName = 'express' | 'fastify';

export interface InboxApp {
  readonly app: INestApplication;
  /** `http://localhost:<port>` */
  readonly origin: string;
  /** The boot URL. */
  readonly url: string;
  readonly token: string;
  readonly tap: EventSink;
  /** Asks beneath the inbox's path, with the token unless headers say otherwise. */
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly close: () => Promise<void>;
}

export interface InboxAppOptions {
  readonly adapter?: AdapterName;
  readonly inbox?: InboxOptions;
  readonly port?: number;
  /** Prepares the application before it listens. */
  readonly prepare?: (app: INestApplication) => void;
  readonly providers?: NonNullable<Parameters<typeof Module>[0]['providers']>;
}

/** A real application with an inbox; its events are written to the inbox's tap. */
export async function startInboxApp(options: InboxAppOptions = {}): Promise<InboxApp> {
  const { adapter = 'express', inbox = {}, port = 0 } = options;

  const registry = new SinkRegistry();

  /** Stands where AnalyticsModule does, and lets the test play delivery. */
  @Global()
  @Module({ providers: [{ provide: SINK_REGISTRY, useValue: registry }], exports: [SINK_REGISTRY] })
  class TestAnalyticsModule {}

  @Controller()
  class HelloController {
    @Get('hello')
    hello(): string {
      return 'hello';
    }
  }

  @Module({
    imports: [TestAnalyticsModule, AnalyticsInboxModule.forRoot(inbox)],
    controllers: [HelloController],
    providers: [...(options.providers ?? [])],
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, adapter === 'express' ? new ExpressAdapter() : new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  options.prepare?.(app);
  await app.listen(port);
  let tap: EventSink | undefined;
  registry.connect((sink) => (tap = sink));
  if (tap === undefined) throw new Error('The inbox has not added its tap');
  const handle = app.get(AnalyticsInbox);
  const origin = `http://localhost:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
  const url = handle.url ?? '';
  const token = new URL(url, origin).searchParams.get('token') ?? '';
  return {
    app,
    origin,
    url,
    token,
    tap,
    ask: (path, init = {}) =>
      fetch(`${origin}${handle.path}${path}`, { headers: { authorization: `Bearer ${token}` }, ...init }),
    close: () => app.close(),
  };
}
