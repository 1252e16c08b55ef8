import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Module, type INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import { Test } from '@nestjs/testing';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import { AnalyticsModule, TrackMessage, TrackToolCall } from 'nestjs-agent-analytics';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { io } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

interface Question {
  conversationId: string;
  text: string;
}

@WebSocketGateway()
class ChatGateway implements OnGatewayConnection {
  /** As an application's authentication does; of ws the first argument of the handshake is node's request. */
  handleConnection(client: { data?: object; handshake?: { query: { user: string } } }, request?: { url: string }) {
    const user = client.handshake?.query.user ?? new URLSearchParams(request?.url.split('?')[1]).get('user');
    client.data = { user: { id: user } };
  }

  @SubscribeMessage('ask')
  @TrackMessage({ message: ({ args: [question] }) => question.text })
  async ask(@MessageBody() question: Question, @ConnectedSocket() _client: unknown): Promise<object> {
    return { event: 'answer', data: await this.find(question.text) };
  }

  @SubscribeMessage('ask-plain')
  async askPlain(@MessageBody() question: Question): Promise<object> {
    return { event: 'answer', data: question.text.toUpperCase() };
  }

  @TrackToolCall()
  async find(text: string): Promise<string> {
    await Promise.resolve();
    return text.toUpperCase();
  }
}

/** One client of either library. */
interface Client {
  ask(event: string, question: Question): Promise<unknown>;
  close(): void;
}

async function socketIo(url: string, user: string): Promise<Client> {
  const socket = io(url, { query: { user }, transports: ['websocket'], forceNew: true });
  await new Promise<void>((connected) => socket.once('connect', connected));
  const ask = (event: string, question: Question) => {
    const answered = new Promise((answer) => socket.once('answer', answer));
    socket.emit(event, question);
    return answered;
  };
  return { ask, close: () => socket.disconnect() };
}

async function plainWs(url: string, user: string): Promise<Client> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/?user=${user}`);
  await once(socket, 'open');
  const ask = async (event: string, data: Question) => {
    const answered = once(socket, 'message');
    socket.send(JSON.stringify({ event, data }));
    const [message] = (await answered) as [Buffer];
    return (JSON.parse(message.toString()) as { data: unknown }).data;
  };
  return { ask, close: () => socket.close() };
}

describe.each([
  ['socket.io', (app: INestApplication) => new IoAdapter(app), socketIo],
  ['ws', (app: INestApplication) => new WsAdapter(app), plainWs],
])('%s', (_, adapter, connect) => {
  let app: INestApplication;
  let analytics: AnalyticsRecorder;
  let clients: Client[];
  beforeEach(async () => {
    @Module({ imports: [AnalyticsModule.forRoot()], providers: [ChatGateway] })
    class ChatModule {}
    const builder = Test.createTestingModule({ imports: [ChatModule] });
    analytics = recordAnalytics(builder);
    app = (await builder.compile()).createNestApplication({ logger: false });
    app.useWebSocketAdapter(adapter(app));
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    clients = await Promise.all(['ada', 'bob'].map((user) => connect(`http://127.0.0.1:${port}`, user)));
  });
  afterEach(async () => {
    for (const client of clients) client.close();
    await app.close();
  });

  it('tells each message of interleaved sockets once, with its person and conversation', async () => {
    const questions = [0, 1, 2, 3].flatMap((n) => clients.map((client, of) => ({ client, of, id: `c${of}-${n}` })));
    for (const n of [0, 1, 2, 3]) {
      await Promise.all(
        clients.map((client, of) => client.ask('ask', { conversationId: `c${of}-${n}`, text: 'hello' })),
      );
    }
    await app.close();
    for (const { of, id } of questions) {
      const events = analytics.events().filter((event) => event.properties.session_id === id);
      expect(events.map(({ event, distinctId }) => [event, distinctId])).toEqual(
        ['copilot_message_sent', 'copilot_tool_called', 'copilot_response_completed'].map((name) => [
          name,
          ['ada', 'bob'][of],
        ]),
      );
      expect(new Set(events.map(({ properties }) => properties.$ai_trace_id)).size).toBe(1);
    }
    expect(analytics.events()).toHaveLength(24);
  });

  it('answers as the undecorated handler does', async () => {
    const question = { conversationId: 'c1', text: 'grüße' };
    const answers = [await clients[0]?.ask('ask', question), await clients[0]?.ask('ask-plain', question)];
    expect(answers).toEqual(['GRÜSSE', 'GRÜSSE']);
  });
});
