import { once } from 'node:events';
import { get, type ClientRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Controller, Get, Inject, Injectable, Param, Req, type INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { AnalyticsModule, TrackMessage, TrackToolCall } from 'nestjs-agent-analytics';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

/** What the test lets go on once the client has gone. */
class Gate {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => (this.open = resolve));
}

@Injectable()
class Tools {
  readonly gate = new Gate();
  started = 0;

  @TrackToolCall()
  sees(signal: AbortSignal): Promise<never> {
    this.started++;
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  }

  /** Is handed the signal, and has its answer all the same. */
  @TrackToolCall()
  async outlasts(_signal: AbortSignal): Promise<string> {
    await this.gate.opened;
    return 'done';
  }

  @TrackToolCall()
  async ignores(): Promise<string> {
    await this.gate.opened;
    return 'done';
  }

  @TrackToolCall()
  async fails(): Promise<string> {
    await this.gate.opened;
    throw new RangeError('dry');
  }

  @TrackToolCall()
  async *writes(): AsyncGenerator<string> {
    for (;;) {
      yield 'word ';
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  @TrackToolCall()
  never(): Promise<never> {
    this.started++;
    return new Promise(() => undefined);
  }
}

@Controller(':sessionId')
class ChatController {
  constructor(@Inject(Tools) private readonly tools: Tools) {}

  @Get('tools')
  @TrackMessage({ message: () => 'hi' })
  async ask(@Param('sessionId') _id: string, @Req() request: Parameters<typeof whenGone>[0]): Promise<string> {
    const { tools } = this;
    const signal = whenGone(request);
    const work = [tools.outlasts(signal), tools.ignores(), tools.fails(), tools.sees(signal)];
    await Promise.allSettled(work);
    return 'answered';
  }

  /** No message: only its tool is tracked. */
  @Get('untracked')
  async untracked(@Param('sessionId') _id: string, @Req() request: Parameters<typeof whenGone>[0]): Promise<string> {
    return this.tools.sees(whenGone(request));
  }

  /** Nobody reads what its tool begins. */
  @Get('unread')
  unread(): string {
    this.tools.writes();
    return 'answered';
  }

  @Get('words')
  @TrackMessage({ message: () => 'hi' })
  async *words(): AsyncGenerator<string> {
    yield* this.tools.writes();
  }

  @Get('never')
  @TrackMessage({ message: () => 'hi' })
  async wait(): Promise<string> {
    await this.tools.ignores();
    return this.tools.never();
  }
}

/** As applications make it: a signal for what the client waits for. */
function whenGone(request: { raw?: { socket: Socket }; socket: Socket }): AbortSignal {
  const controller = new AbortController();
  (request.raw?.socket ?? request.socket).once('close', () => controller.abort());
  return controller.signal;
}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('an answer that is cut off, on %s', (_, adapter) => {
  let app: INestApplication;
  let analytics: AnalyticsRecorder;
  let tools: Tools;
  let url: string;
  beforeEach(async () => {
    const builder = Test.createTestingModule({
      imports: [AnalyticsModule.forRoot()],
      controllers: [ChatController],
      providers: [Tools],
    });
    analytics = recordAnalytics(builder);
    app = (await builder.compile()).createNestApplication(adapter(), { logger: false, forceCloseConnections: true });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
    tools = app.get(Tools);
  });
  afterEach(() => app.close());

  const ask = (path: string): ClientRequest => get(`${url}/s1/${path}`, { agent: false }).on('error', () => undefined);
  const story = () =>
    analytics
      .events()
      .filter(({ event }) => event !== 'copilot_message_sent')
      .map(({ event, properties: { tool_name: tool, outcome, abort_reason: reason, error_type: error } }) =>
        [tool ?? event, outcome, reason ?? error].filter((word) => typeof word === 'string').join(' '),
      )
      .sort();
  const message = () => analytics.last('copilot_response_completed')?.properties;
  const started = () => vi.waitFor(() => expect(tools.started).toBe(1), { interval: 2, timeout: 5_000 });
  const told = (events: string[]) => vi.waitFor(() => expect(story()).toEqual(events), { interval: 2, timeout: 5_000 });

  it('by the client is aborted, with those tools that the signal stopped, and only those', async () => {
    const request = ask('tools');
    await started();
    request.destroy();
    await told(['sees aborted client_closed']);
    tools.gate.open();
    await told([
      'copilot_response_completed aborted client_closed',
      'fails error RangeError',
      'ignores success',
      'outlasts success',
      'sees aborted client_closed',
    ]);
    expect(message()).toMatchObject({ tool_calls: 4, tool_errors: 1 });
  });

  it('by the leaving application is aborted by the shutdown, with the tools that its end stopped', async () => {
    ask('tools');
    await started();
    // Nest destroys the sockets, which the signal hears of, and closes the server, before its last hook.
    await app.close();
    expect(story()).toContain('sees aborted shutdown');
    expect(message()).toMatchObject({ outcome: 'aborted', abort_reason: 'shutdown', tool_calls: 4, tool_errors: 0 });
  });

  it.each([
    ['the client', 'client_closed'],
    ['the application', 'shutdown'],
  ])('by %s says so of a tool in a handler that is no message', async (who, reason) => {
    const request = ask('untracked');
    await started();
    if (who === 'the client') request.destroy();
    else await app.close();
    await told([`sees aborted ${reason}`]);
  });

  it.each([
    ['the client', 'client_closed'],
    ['the application', 'shutdown'],
  ])('by %s says so of a stream, and of the tool’s stream in it', async (who, reason) => {
    const [response] = (await once(ask('words'), 'response')) as [IncomingMessage];
    response.on('error', () => undefined);
    await once(response, 'data');
    if (who === 'the client') response.destroy();
    else await app.close();
    await told([`copilot_response_completed aborted ${reason}`, `writes aborted ${reason}`]);
  });

  it('or whole ends what nobody has read of it, also where the handler is no message', async () => {
    expect(((await once(ask('unread'), 'response')) as [IncomingMessage])[0].statusCode).toBe(200);
    await told(['writes aborted unconsumed']);
  });

  it('at the end counts the tools that have not ended, which end with it', async () => {
    ask('never');
    tools.gate.open();
    await started();
    await app.close();
    expect(story()).toEqual([
      'copilot_response_completed aborted shutdown',
      'ignores success',
      'never aborted shutdown',
    ]);
    expect(message()).toMatchObject({ tool_calls: 2, tool_errors: 0 });
  });
});
