import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Headers,
  NotFoundException,
  Param,
  Post,
  Query,
  Req,
  Res,
  Sse,
  StreamableFile,
  type INestApplication,
  type MessageEvent,
  type Type,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { interval, map, Observable, of, take } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import { TrackMessage } from '../../src/tracking/track-message.decorator.js';
import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { CollectingTarget } from '../support/capture-target.js';
import { trackedRun } from '../support/tracked-run.js';

const COMPLETED = 'copilot_response_completed';

describe.each([
  ['express', () => new ExpressAdapter()],
  ['fastify', () => new FastifyAdapter()],
])('@TrackMessage over HTTP, %s', (_name, adapter) => {
  const target = { current: new CollectingTarget() };
  let app: INestApplication;

  async function listen(controller: Type, settings = {}): Promise<string> {
    target.current = new CollectingTarget(settings);
    const module = await Test.createTestingModule({
      imports: [target.current.module],
      controllers: [controller],
    }).compile();
    app = module.createNestApplication(adapter(), { logger: false, forceCloseConnections: true });
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
  }
  afterEach(() => app.close());

  const post = (url: string, body: unknown, signal?: AbortSignal): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      ...(signal && { signal }),
    });

  it('tells that it was sent, with session and length, and that the response is complete, with its status', async () => {
    @Controller('chat')
    class Chat {
      @Post(':sessionId/messages')
      @TrackMessage()
      send(@Param('sessionId') _sessionId: string, @Body() body: { message: string }) {
        return { echo: body.message };
      }
    }
    const url = await listen(Chat);
    const answer = await post(`${url}/chat/s1/messages`, { message: 'Hi 👍' });
    expect(await answer.json()).toEqual({ echo: 'Hi 👍' });
    const completed = await target.current.recorded(COMPLETED);
    const [sent] = target.current.records;
    expect(target.current.events).toEqual(['copilot_message_sent', COMPLETED]);
    expect(sent?.properties).toEqual({ message_length: 4 });
    expect(sent?.measured).toBeUndefined();
    expect(sent?.context).toMatchObject({ sessionId: 's1', trigger: 'chat' });
    expect(completed.measured).toEqual({
      outcome: 'success',
      duration_ms: 0,
      time_to_first_chunk_ms: null,
      chunk_count: null,
      tool_calls: 0,
      tool_errors: 0,
      abort_reason: null,
      http_status: 201,
    });
  });

  it('takes the length of what the handler marks as the body, whatever else it takes', async () => {
    @Controller()
    class Chat {
      @Post('ask')
      @TrackMessage()
      ask(@Query() _query: unknown, @Body('text') _text: string, @Headers('accept') _accept: string) {}
    }
    const url = await listen(Chat);
    await post(`${url}/ask?message=far+too+long`, { text: 'abc' });
    await target.current.recorded(COMPLETED);
    expect(target.current.records[0]?.properties).toEqual({ message_length: 3 });
  });

  it.each(['text', 'message', 'content'])(
    'takes the part of the body that is named %s, not what stands beside it',
    async (name) => {
      @Controller()
      class Chat {
        @Post('ask')
        @TrackMessage()
        ask(
          @Body('model') _model: string,
          @Body(name) _text: string,
          @Body('tags') _tags: string[],
          @Body('settings') _settings: object,
        ) {}
        @Post('other')
        @TrackMessage()
        other(@Body('model') _model: string, @Body('tags') _tags: string[]) {}
        @Post('input')
        @TrackMessage()
        input(@Body('data') _data: { message: string }, @Body('model') _model: string) {}
      }
      const url = await listen(Chat);
      const body = { model: 'gpt-5', [name]: 'abc', tags: ['x'], settings: { prompt: 'be nice' } };
      await post(`${url}/ask`, body);
      await post(`${url}/other`, body);
      await post(`${url}/input`, { data: { message: 'ab' }, model: 'gpt-5' });
      const sent = target.current.of('copilot_message_sent');
      expect(sent.map(({ properties }) => properties.message_length)).toEqual([3, null, 2]);
    },
  );

  it('ends as an error where the handler throws, the filter having answered', async () => {
    @Controller()
    class Chat {
      @Get('gone')
      @TrackMessage({ message: () => 5 })
      gone() {
        throw new NotFoundException();
      }
      @Get('broken')
      @TrackMessage({ message: () => 5 })
      async broken() {
        throw new RangeError('secret');
      }
    }
    const url = await listen(Chat);
    expect((await fetch(`${url}/gone`)).status).toBe(404);
    expect((await fetch(`${url}/broken`)).status).toBe(500);
    await target.current.recorded(COMPLETED);
    const [gone, broken] = target.current.of(COMPLETED);
    expect(gone?.measured).toMatchObject({ outcome: 'error', error_type: 'NotFoundException', http_status: 404 });
    expect(broken?.measured).toMatchObject({ outcome: 'error', error_type: 'RangeError', http_status: 500 });
  });

  it('counts what an SSE stream sends', async () => {
    @Controller()
    class Chat {
      @Sse('stream')
      @TrackMessage({ message: () => 'hi' })
      stream(): Observable<MessageEvent> {
        return of('a', 'b', 'c').pipe(map((data) => ({ data })));
      }
    }
    const url = await listen(Chat);
    expect((await (await fetch(`${url}/stream`)).text()).match(/data: /g)).toHaveLength(3);
    const completed = await target.current.recorded(COMPLETED);
    expect(completed.measured).toMatchObject({
      outcome: 'success',
      chunk_count: 3,
      time_to_first_chunk_ms: 0,
      http_status: 200,
    });
  });

  it('is aborted where the client leaves an SSE stream', async () => {
    @Controller()
    class Chat {
      @Sse('stream')
      @TrackMessage({ message: () => 'hi' })
      stream(): Observable<MessageEvent> {
        return interval(1).pipe(
          take(1_000_000),
          map((count) => ({ data: String(count) })),
        );
      }
    }
    const url = await listen(Chat);
    const abort = new AbortController();
    const answer = await fetch(`${url}/stream`, { signal: abort.signal });
    await answer.body?.getReader().read();
    abort.abort();
    const completed = await target.current.recorded(COMPLETED);
    expect(completed.measured).toMatchObject({ outcome: 'aborted', abort_reason: 'client_closed' });
    expect(target.current.openCalls.size).toBe(0);
  });

  it('waits for what the handler writes to the response itself', async () => {
    @Controller()
    class Chat {
      @Get('piped')
      @TrackMessage({ message: () => 'hi' })
      piped(@Res() response: ServerResponse | { raw: ServerResponse; hijack(): void }) {
        if ('hijack' in response) response.hijack();
        const raw = 'raw' in response ? response.raw : response;
        raw.statusCode = 206;
        Readable.from(['a', 'b']).pipe(raw);
      }
    }
    const url = await listen(Chat);
    expect(await (await fetch(`${url}/piped`)).text()).toBe('ab');
    const completed = await target.current.recorded(COMPLETED);
    expect(completed.measured).toMatchObject({ outcome: 'success', http_status: 206, chunk_count: 2 });
  });

  it('is an error where the handler itself answers that it failed', async () => {
    @Controller()
    class Chat {
      @Get('failed')
      @TrackMessage({ message: () => 'hi' })
      failed(@Res() response: ServerResponse & { status(code: number): { send(body: string): unknown } }) {
        response.status(503).send('no');
      }
    }
    const url = await listen(Chat);
    expect((await fetch(`${url}/failed`)).status).toBe(503);
    const completed = await target.current.recorded(COMPLETED);
    expect(completed.measured).toMatchObject({ outcome: 'error', error_type: null, http_status: 503 });
  });

  it('is aborted where the client leaves while the handler works, with the tools that saw it', async () => {
    let started = (): void => undefined;
    const running = new Promise<void>((resolve) => (started = resolve));
    const untilAborted = (signal: AbortSignal): Promise<never> =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
        started();
      });
    @Controller()
    class Chat {
      @Post('slow')
      @TrackMessage()
      async slow(@Body() _body: { message: string }, @Req() request: IncomingMessage | { raw: IncomingMessage }) {
        const raw = 'raw' in request ? request.raw : request;
        const leaving = new AbortController();
        raw.socket.on('close', () => leaving.abort());
        await trackedRun(target.current, untilAborted)(leaving.signal);
      }
    }
    const url = await listen(Chat);
    const abort = new AbortController();
    const answer = post(`${url}/slow`, { message: 'hi' }, abort.signal).catch(() => 'left');
    await running;
    abort.abort();
    expect(await answer).toBe('left');
    const completed = await target.current.recorded(COMPLETED);
    expect(completed.measured).toMatchObject({ outcome: 'aborted', abort_reason: 'client_closed', tool_calls: 1 });
    const [tool] = target.current.of('copilot_tool_called');
    expect(tool?.measured).toMatchObject({ outcome: 'aborted', abort_reason: 'client_closed' });
  });

  it('is aborted where the client leaves a file half-way, which nobody reads any more', async () => {
    @Controller()
    class Chat {
      @Get('file')
      @TrackMessage({ message: () => 'hi' })
      file() {
        return new StreamableFile(
          new Readable({
            read(this: Readable) {
              this.push(Buffer.alloc(65_536));
            },
          }),
        );
      }
    }
    const url = await listen(Chat);
    const abort = new AbortController();
    const answer = await fetch(`${url}/file`, { signal: abort.signal });
    await answer.body?.getReader().read();
    abort.abort();
    const completed = await target.current.recorded(COMPLETED);
    expect(completed.measured).toMatchObject({ outcome: 'aborted', abort_reason: 'client_closed' });
    expect(completed.measured?.chunk_count).toBeGreaterThan(0);
    expect(target.current.openCalls.size).toBe(0);
  });

  it('shows its trace to the client where that is wanted, before the first chunk', async () => {
    @Controller()
    class Chat {
      @Sse('stream')
      @TrackMessage({ message: () => 'hi' })
      stream(): Observable<MessageEvent> {
        return of({ data: 'a' });
      }
      @Get('plain')
      @TrackMessage({ message: () => 'hi' })
      plain() {
        return 'a';
      }
    }
    const url = await listen(Chat, { exposeTraceId: true });
    for (const path of ['plain', 'stream']) {
      const answer = await fetch(`${url}/${path}`);
      await answer.text();
      const sent = target.current.of('copilot_message_sent').at(-1);
      expect(answer.headers.get('x-analytics-trace-id')).toBe(sent?.traceId);
    }
  });

  it('turned away by a pipe before the method runs is no message', async () => {
    @Controller()
    class Chat {
      @Post('checked')
      @TrackMessage()
      checked(
        @Body({
          transform() {
            throw new BadRequestException();
          },
        })
        body: unknown,
      ) {
        return body;
      }
    }
    const url = await listen(Chat);
    expect((await post(`${url}/checked`, { message: 'x' })).status).toBe(400);
    expect(target.current.events).toEqual([]);
  });
});

describe('@TrackMessage', () => {
  const sent = (target: CollectingTarget) => target.of('copilot_message_sent')[0]?.properties;

  it.each<[string, unknown[], number | null]>([
    ['an object with a message', [{ message: 'four' }], 4],
    ['an AI SDK body', [{ messages: [{ role: 'user', parts: [{ type: 'text', text: 'abc' }] }] }], 3],
    ['its messages alone', [[{ role: 'user', content: 'abcde' }]], 5],
    ['the first object that has one', [{ page: 1 }, { message: 'abc' }], 3],
    ['the object, not the id beside it', ['session-1', { text: 'ab' }], 2],
    ['the only text', ['a text', 7], 6],
    ['nothing, where the only text stands beside an object without one', ['session-1', { page: 1 }], null],
    ['the body of a request', [{ headers: {}, body: { message: 'abc' } }], 3],
    ['nothing, where two texts could be it', ['u1', 'a text'], null],
    ['nothing', [], null],
  ])('finds the length in %s', (_name, args, length) => {
    const target = new CollectingTarget();
    trackedRun(target, (..._args: unknown[]) => undefined, TrackMessage())(...args);
    expect(sent(target)).toEqual({ message_length: length });
  });

  it.each<[unknown, number | null]>([
    ['👍', 1],
    [42, 42],
    [undefined, null],
    [{ text: 'x' }, null],
  ])('takes what message() tells: %s', (told, length) => {
    const target = new CollectingTarget();
    trackedRun(target, () => 1, TrackMessage({ message: () => told as string }))();
    expect(sent(target)).toEqual({ message_length: length });
  });

  it('marks a regeneration, and takes a resubmit after a tool for no message of the user', () => {
    const target = new CollectingTarget();
    const run = trackedRun(target, (..._args: unknown[]) => undefined, TrackMessage());
    run({ trigger: 'regenerate-message', messages: [{ role: 'user', content: 'abc' }] });
    expect(sent(target)).toEqual({ message_length: 3, is_regeneration: true });
    run({ messages: [{ role: 'assistant', content: 'tool done' }] });
    expect(target.events).toEqual(['copilot_message_sent', COMPLETED, COMPLETED]);
  });

  it('measures the time to the first chunk, to the end, and counts the tools beneath', async () => {
    const target = new CollectingTarget();
    const tool = trackedRun(target, (fail: boolean) => {
      if (fail) throw new Error('no');
    });
    const stream = trackedRun(
      target,
      async function* () {
        target.clock.advance(10);
        tool(false);
        yield 1;
        target.clock.advance(20);
        expect(() => tool(true)).toThrow();
        yield 2;
      },
      TrackMessage({ message: () => 'hi' }),
    );
    for await (const _ of stream()) continue;
    const [completed] = target.of(COMPLETED);
    expect(completed?.measured).toMatchObject({
      outcome: 'success',
      duration_ms: 30,
      time_to_first_chunk_ms: 10,
      chunk_count: 2,
      tool_calls: 2,
      tool_errors: 1,
    });
    expect(completed?.time).toBe(target.clock.now());
  });

  it.each(['body', 'headers', 'message', 'text'])('is tracked where the %s of what it is given throws', (key) => {
    const target = new CollectingTarget();
    const refuse = (): never => {
      throw new Error('not to be read');
    };
    trackedRun(target, (_body: object) => 1, TrackMessage())(Object.defineProperty({}, key, { get: refuse }));
    expect(target.events).toEqual(['copilot_message_sent', COMPLETED]);
  });

  it("emits only that it was sent with emit: 'start'", () => {
    const target = new CollectingTarget();
    trackedRun(target, () => 1, TrackMessage({ message: () => 'hi', emit: 'start' }))();
    expect(target.events).toEqual(['copilot_message_sent']);
  });

  it('asks properties at both moments, and errorProperties where the answer failed', async () => {
    const target = new CollectingTarget();
    const decorator = TrackMessage<(model: string) => Promise<string>>({
      message: () => 'hi',
      properties: ({ args, result }) => ({ model: args[0], answered: result !== undefined }),
      errorProperties: ({ error }) => ({ code: (error as { code?: number }).code }),
    });
    const run = trackedRun(
      target,
      async (model: string) => {
        if (model === 'broken') throw Object.assign(new Error('no'), { code: 7 });
        return 'answer';
      },
      decorator,
    );
    await run('m1');
    await run('broken').catch(() => undefined);
    expect(target.records.map((record) => record.properties)).toEqual([
      { message_length: 2, model: 'm1', answered: false },
      { model: 'm1', answered: true },
      { message_length: 2, model: 'broken', answered: false },
      { code: 7 },
    ]);
  });

  it('tells a tool stacked on it the same way', async () => {
    const target = new CollectingTarget();
    const both: MethodDecorator = (owner, key, descriptor) => {
      TrackToolCall('ask')(owner, key, descriptor as never);
      TrackMessage({ message: () => 'hi' })(owner, key, descriptor as never);
    };
    await trackedRun(target, async () => once(Readable.from([]).resume(), 'end'), both)();
    expect(target.events).toEqual(['copilot_message_sent', 'copilot_tool_called', COMPLETED]);
  });
});
