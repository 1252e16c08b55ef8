import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Controller, Get, Inject, Injectable, Param, UseGuards, type INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { context, trace, type Context } from '@opentelemetry/api';
import { AsyncHooksContextManager, AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base';
import { AnalyticsContext, AnalyticsModule, TrackMessage, TrackToolCall } from 'nestjs-agent-analytics';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UserOfHeader } from './matrix/http.transport.js';

const tracer = () => trace.getTracer('chat');

/** A span around this work, as an instrumentation makes it. */
function within<T>(name: string, work: () => Promise<T>): Promise<T> {
  return tracer().startActiveSpan(name, async (span) => {
    try {
      return await work();
    } finally {
      span.end();
    }
  });
}

/** A span of this moment, beneath whatever is active; it says whom analytics takes it to be for. */
function mark(name: string): void {
  tracer()
    .startSpan(name, { attributes: { user: AnalyticsContext.get().userId ?? 'nobody' } })
    .end();
}

@Injectable()
class Tools {
  @TrackToolCall()
  async find(session: string): Promise<string> {
    mark(`${session} find`);
    return within(`${session} search`, async () => {
      await nextTurn();
      await this.rank(session);
      return 'found';
    });
  }

  @TrackToolCall()
  async rank(session: string): Promise<void> {
    await nextTurn();
    mark(`${session} rank`);
  }

  @TrackToolCall()
  async *write(session: string): AsyncGenerator<string> {
    yield 'a';
    await nextTurn();
    mark(`${session} written`);
    yield 'b';
  }

  @TrackToolCall()
  watch(session: string): Observable<string> {
    return new Observable((subscriber) => {
      setImmediate(() => {
        mark(`${session} watched`);
        subscriber.next('c');
        subscriber.complete();
      });
    });
  }
}

@Controller(':sessionId')
@UseGuards(UserOfHeader)
class ChatController {
  constructor(@Inject(Tools) private readonly tools: Tools) {}

  @Get()
  @TrackMessage({ message: () => 'hi' })
  ask(@Param('sessionId') session: string): Promise<string> {
    return within(`${session} ask`, async () => {
      await Promise.all([this.tools.find(session), this.tools.rank(session)]);
      for await (const _ of this.tools.write(session)) await nextTurn();
      await new Promise<void>((complete) => this.tools.watch(session).subscribe({ complete }));
      mark(`${session} after`);
      return 'answered';
    });
  }
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('beside OpenTelemetry, on %s', (_, adapter) => {
  describe.each([
    ['AsyncLocalStorage', () => new AsyncLocalStorageContextManager()],
    ['async hooks', () => new AsyncHooksContextManager()],
  ])('whose context is kept by %s', (_name, manager) => {
    const exporter = new InMemorySpanExporter();
    let app: INestApplication;
    let analytics: AnalyticsRecorder;
    let url: string;
    beforeEach(async () => {
      context.setGlobalContextManager(manager().enable());
      trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
      const builder = Test.createTestingModule({
        imports: [AnalyticsModule.forRoot()],
        controllers: [ChatController],
        providers: [Tools],
      });
      analytics = recordAnalytics(builder);
      app = (await builder.compile()).createNestApplication(adapter(), { logger: false });
      await app.listen(0, '127.0.0.1');
      url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
    });
    afterEach(async () => {
      await app.close();
      exporter.reset();
      trace.disable();
      context.disable();
    });

    /** Each span beneath its parent, by name. */
    const tree = () => {
      const spans = exporter.getFinishedSpans();
      const nameOf = (id: string | undefined) => spans.find((span) => span.spanContext().spanId === id)?.name;
      return spans.map((span) => [span.name, nameOf(span.parentSpanContext?.spanId)] as const);
    };

    it('every span has its parent, every call its person, over interleaved requests', async () => {
      const people = Array.from({ length: 12 }, (_each, n) => `u${n}`);
      const ask = async (user: string) =>
        (await fetch(`${url}/chat-of-${user}`, { headers: { authorization: user } })).text();
      expect(new Set(await Promise.all(people.map(ask)))).toEqual(new Set(['answered']));
      await vi.waitFor(() => expect(analytics.events('copilot_response_completed')).toHaveLength(people.length));
      for (const user of people) {
        const own = tree().filter(([name]) => name.startsWith(`chat-of-${user} `));
        expect(own.map((pair) => pair.map((name) => name?.split(' ')[1])).sort()).toEqual([
          ['after', 'ask'],
          ['ask', undefined],
          ['find', 'ask'],
          ['rank', 'ask'],
          ['rank', 'search'],
          ['search', 'ask'],
          ['watched', 'ask'],
          ['written', 'ask'],
        ]);
        const events = analytics.events().filter(({ distinctId }) => distinctId === user);
        expect(new Set(events.map(({ properties }) => properties.session_id))).toEqual(new Set([`chat-of-${user}`]));
        expect(new Set(events.map(({ properties }) => properties.$ai_trace_id)).size).toBe(1);
        const tools = events.map(({ properties }) => properties.tool_name).filter((name) => typeof name === 'string');
        expect(tools.sort()).toEqual(['find', 'rank', 'rank', 'watch', 'write']);
        const idOf = (tool: string) => events.filter(({ properties }) => properties.tool_name === tool);
        const parents = idOf('rank').map(({ properties }) => properties.$ai_parent_id);
        expect(parents).toContain(idOf('find')[0]?.properties.$ai_span_id);
      }
      const marked = exporter.getFinishedSpans().filter(({ attributes }) => 'user' in attributes);
      expect(marked.filter((span) => !span.name.startsWith(`chat-of-${String(span.attributes['user'])} `))).toEqual([]);
    });

    it('a context that one opens leaves the other’s alone, whichever is outside', async () => {
      const user = () => AnalyticsContext.get().userId;
      const active = () => (trace.getActiveSpan() as unknown as ReadableSpan | undefined)?.name;
      await within('outside', () =>
        AnalyticsContext.run({ userId: 'ada' }, async () => {
          await nextTurn();
          expect([user(), active()]).toEqual(['ada', 'outside']);
        }),
      );
      await AnalyticsContext.run({ userId: 'bob' }, () =>
        within('inside', async () => {
          await nextTurn();
          expect([user(), active()]).toEqual(['bob', 'inside']);
        }),
      );
      // A context that was kept, and is entered from somebody else's work.
      const kept: Context = await within('kept', () => Promise.resolve(context.active()));
      await AnalyticsContext.run({ userId: 'cyd' }, () =>
        context.with(kept, async () => {
          await nextTurn();
          expect([user(), active()]).toEqual(['cyd', 'kept']);
        }),
      );
      expect([user(), active()]).toEqual([undefined, undefined]);
    });
  });
});
