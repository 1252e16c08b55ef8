import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import {
  Body,
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Param,
  Post,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type MiddlewareConsumer,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  AnalyticsContext,
  AnalyticsModule,
  TrackMessage,
  TrackToolCall,
  type AnalyticsOptions,
} from 'nestjs-agent-analytics';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { currentFrame } from '../../src/context/context-storage.js';
import { installRequestFrames } from '../../src/requests/request-frame.js';
import { RequestIdentities } from '../../src/requests/request-identities.js';
import { CollectingTarget } from '../support/capture-target.js';

@Injectable()
class Tools {
  @TrackToolCall()
  async findAgent(): Promise<string> {
    await Promise.resolve();
    return 'found';
  }
}

@Injectable()
class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: object }>();
    if (request.headers['authorization']) request.user = { id: request.headers['authorization'] };
    return true;
  }
}

@Controller('chat')
@UseGuards(TokenGuard)
class ChatController {
  constructor(@Inject(Tools) private readonly tools: Tools) {}

  /** Untracked itself: the frame is the adapter's. */
  @Post(':sessionId/find')
  find(@Param('sessionId') _sessionId: string, @Body() _body: unknown): Promise<string> {
    return this.tools.findAgent();
  }

  @Post('messages')
  @TrackMessage({ message: () => 'hello' })
  send(@Body() _body: unknown): Promise<string> {
    return this.tools.findAgent();
  }

  @Get('context')
  context(): object {
    return AnalyticsContext.get();
  }
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('%s', (_, adapter) => {
  let app: INestApplication;
  let analytics: AnalyticsRecorder;
  let url: string;
  afterEach(() => app.close());

  const start = async (options: AnalyticsOptions = {}, prepare: (app: INestApplication) => void = () => undefined) => {
    @Module({
      imports: [AnalyticsModule.forRoot(options)],
      controllers: [ChatController],
      providers: [Tools],
    })
    class AppModule {
      configure(consumer: MiddlewareConsumer): void {
        const addSurface = (_request: unknown, _response: unknown, next: () => void): void => {
          AnalyticsContext.set({ surface: 'web' });
          next();
        };
        consumer.apply(addSurface).forRoutes('{*path}');
      }
    }
    const builder = Test.createTestingModule({ imports: [AppModule] });
    analytics = recordAnalytics(builder);
    app = (await builder.compile()).createNestApplication(adapter(), { logger: false });
    prepare(app);
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    url = `http://127.0.0.1:${port}`;
  };
  const post = (path: string, body: object = {}, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });

  it('gives a tool beneath an untracked handler the user of the guard and the session of the route', async () => {
    await start();
    await post('/chat/s1/find', {}, { authorization: 'ada' });
    expect(analytics.last('copilot_tool_called')).toMatchObject({
      distinctId: 'ada',
      properties: { session_id: 's1', trigger: 'chat', surface: 'web', is_anonymous: false },
    });
  });

  it('reaches handlers beneath a global prefix', async () => {
    await start({}, (app) => app.setGlobalPrefix('api'));
    await post('/api/chat/s1/find');
    expect(analytics.last('copilot_tool_called')?.distinctId).toBe('anonymous_s1');
  });

  it('holds over a body that comes in slowly', async () => {
    await start();
    const body = JSON.stringify({ chatId: 'slow' });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const answered = new Promise<void>((resolve) => socket.once('data', () => resolve()));
    socket.write(
      `POST /chat/messages HTTP/1.1\r\nHost: x\r\nAuthorization: ada\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body.slice(0, 5)}`,
    );
    // Another request in between, on another connection.
    await post('/chat/messages', { chatId: 'quick' }, { authorization: 'bob' });
    socket.write(body.slice(5));
    await answered;
    socket.destroy();
    const persons = analytics
      .events('copilot_tool_called')
      .map((event) => [event.distinctId, event.properties.session_id]);
    expect(persons).toEqual([
      ['bob', 'quick'],
      ['ada', 'slow'],
    ]);
  });

  it('is the message’s context: the tool lies beneath it in one trace', async () => {
    await start();
    await post('/chat/messages', { conversationId: 'c1' }, { authorization: 'ada' });
    const [sent, tool, completed] = ['copilot_message_sent', 'copilot_tool_called', 'copilot_response_completed'].map(
      (name) => analytics.last(name)?.properties,
    );
    expect(tool?.$ai_trace_id).toBe(sent?.$ai_trace_id);
    expect(tool?.$ai_parent_id).toBe(completed?.$ai_span_id);
    expect(completed).toMatchObject({ outcome: 'success', tool_calls: 1, tool_errors: 0, http_status: 201 });
  });

  it('takes no user from headers or body, and posthog-js’s headers only when told to', async () => {
    const headers = {
      'x-posthog-session-id': '0190e0a0-1111-7000-8000-000000000001',
      'x-posthog-distinct-id': 'browser-1',
    };
    await start();
    await post('/chat/s1/find', { userId: 'mallory', user: { id: 'mallory' } }, headers);
    expect(analytics.last()?.distinctId).toBe('anonymous_s1');
    expect(analytics.last()?.properties).not.toHaveProperty('$session_id');
    await app.close();

    await start({ posthogHeaders: true });
    await post('/chat/s1/find', {}, headers);
    expect(analytics.last()?.distinctId).toBe('browser-1');
    expect(analytics.last()?.properties.$session_id).toBe(headers['x-posthog-session-id']);
    await post('/chat/s1/find', {}, { ...headers, authorization: 'ada' });
    expect(analytics.last()?.distinctId).toBe('ada');
  });

  it('asks the application’s own resolver, whose answer stands alone', async () => {
    await start({
      identity: ({ request }) => {
        const { headers } = request as { headers: Record<string, string> };
        return { userId: headers['x-tenant-user'], groups: { company: 'c1' }, properties: { plan: 'pro' } };
      },
    });
    await post('/chat/s1/find', {}, { 'x-tenant-user': 'u1', authorization: 'ada' });
    expect(analytics.last()).toMatchObject({
      distinctId: 'u1',
      groups: { company: 'c1' },
      properties: { session_id: null, plan: 'pro', group_company: 'c1' },
    });
  });

  it('refuses a session that the application does not verify', async () => {
    await start({ verifySession: ({ userId, sessionId }) => sessionId === `${userId}-chat` });
    await post('/chat/ada-chat/find', {}, { authorization: 'ada' });
    await post('/chat/ada-chat/find', {}, { authorization: 'mallory' });
    expect(analytics.events('copilot_tool_called').map((event) => event.properties.session_id)).toEqual([
      'ada-chat',
      null,
    ]);
  });

  it('refuses it too where it was asked for before the guard that names the user', async () => {
    const early = { canActivate: () => AnalyticsContext.get().sessionId !== undefined };
    const verifySession = ({ userId, sessionId }: { userId: string | undefined; sessionId: string }) =>
      userId === undefined || sessionId === `${userId}-chat`;
    await start({ verifySession }, (app) => app.useGlobalGuards(early));
    for (const user of ['ada', 'mallory']) await post('/chat/ada-chat/find', {}, { authorization: user });
    await post('/chat/ada-chat/find');
    await post('/chat/messages', { chatId: 'ada-chat' }, { authorization: 'mallory' });
    expect(analytics.events('copilot_tool_called').map((event) => event.properties.session_id)).toEqual([
      'ada-chat',
      null,
      'ada-chat',
      null,
    ]);
  });

  it('takes the trigger that the application sets for the chat that it assumes', async () => {
    const hook = { canActivate: () => (AnalyticsContext.set({ trigger: 'webhook', triggerRef: 'hook-1' }), true) };
    await start({}, (app) => app.useGlobalGuards(hook));
    await post('/chat/messages', { chatId: 's1' });
    expect(analytics.events()).toHaveLength(3);
    for (const { properties } of analytics.events()) {
      expect(properties).toMatchObject({ trigger: 'webhook', trigger_ref: 'hook-1' });
    }
  });

  it('answers as ever where resolvers throw or return a promise', async () => {
    await start({
      identity: () => {
        throw new Error('never');
      },
    });
    expect((await post('/chat/s1/find')).status).toBe(201);
    await app.close();
    await start({ identity: (async () => ({ userId: 'ada' })) as never });
    expect((await post('/chat/s1/find')).status).toBe(201);
    expect(analytics.last()?.properties.is_anonymous).toBe(true);
  });

  it('silences a request without consent, and counts what it silenced', async () => {
    await start({ identity: () => ({ userId: 'ada', track: false }) });
    await post('/chat/messages', { chatId: 's1' });
    expect(analytics.events()).toEqual([]);
  });

  it('opens nothing where the application opens contexts itself', async () => {
    await start({ interceptor: false });
    expect(await (await fetch(`${url}/chat/context`)).json()).toEqual({});
  });

  it('exposes the trace of an answer in a header when told to', async () => {
    await start({ exposeTraceId: true });
    const response = await post('/chat/messages', { chatId: 's1' });
    expect(response.headers.get('x-analytics-trace-id')).toBe(
      analytics.last('copilot_response_completed')?.properties.$ai_trace_id,
    );
  });
});

it.each([
  ['express', () => new ExpressAdapter()],
  ['fastify', () => new FastifyAdapter()],
])('Requests of a second application on the same %s server have its frames once the first is over', (_name, make) => {
  const adapter = make();
  const targets = [new CollectingTarget(), new CollectingTarget()];
  const [first, second] = targets.map(({ handle, reporter }) => {
    const identities = new RequestIdentities();
    identities.settings = { identity: undefined, verifySession: undefined, posthogHeaders: false, handle, reporter };
    return identities;
  }) as [RequestIdentities, RequestIdentities];
  const handlers: ((request: object, response: object, next: () => void) => void)[] = [];
  const server = { use: (handler: (typeof handlers)[number]) => handlers.push(handler), addHook: () => undefined };
  Object.assign(adapter, { getInstance: () => server });
  installRequestFrames(adapter, first);
  installRequestFrames(adapter, second);
  const handleOfRequest = (): unknown => {
    let handle: unknown;
    handlers[0]?.({}, {}, () => (handle = currentFrame()?.handle));
    return handle;
  };
  expect(handlers).toHaveLength(1);
  expect(handleOfRequest()).toBe(targets[0]?.handle);
  first.settings = undefined;
  expect(handleOfRequest()).toBe(targets[1]?.handle);
  second.settings = undefined;
  expect(handleOfRequest()).toBeUndefined();
});
