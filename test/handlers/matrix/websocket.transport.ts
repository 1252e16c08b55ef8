import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplicationContext, WebSocketAdapter } from '@nestjs/common';
import { ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { chunks } from './bodies.js';
import { handlerName, scopes, type Cell } from './cells.js';
import { handlersOf } from './handlers.js';
import { moduleOf, someTurns, type Person, type StartTransport } from './transport.js';
import type { Watched } from './watched.js';

/** One client of either library: what it is sent, in order. */
interface Client {
  readonly heard: string[];
  onHeard: () => void;
  send(event: string, data: object): void;
  leave(): void;
}

export type ConnectClient = (url: string, user: string) => Promise<Client>;

/** A gateway and a socket for each call. */
export const overSocket =
  (adapter: (app: INestApplicationContext) => WebSocketAdapter, connect: ConnectClient): StartTransport =>
  async (twin, cells) => {
    const gateways = scopes.map((scope) => {
      const Handlers = handlersOf({ twin, scope, cells, decorate: twin.message, declare: subscribe, call: callOf });
      // As an application's authentication does; of ws the second argument is node's request.
      Object.defineProperty(Handlers.prototype, 'handleConnection', { value: signIn });
      WebSocketGateway()(Handlers);
      return Handlers;
    });
    const module = await moduleOf(twin, { providers: gateways });
    const app = module.createNestApplication({ logger: false });
    app.useWebSocketAdapter(adapter(app));
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    const url = `http://127.0.0.1:${port}`;
    return {
      async call(cell, person) {
        const client = await connect(url, person.user);
        const heard = await answerOf(client, cell, person, twin.watched);
        return `${heard}\n${await twin.watched.of(person.session).howEnded()}`;
      },
      close: () => app.close(),
    };
  };

function subscribe(cell: Cell, prototype: object, key: string, descriptor: PropertyDescriptor): void {
  SubscribeMessage(`${cell.scope} ${key}`)(prototype, key, descriptor);
  MessageBody()(prototype, key, 0);
  ConnectedSocket()(prototype, key, 1);
}

interface ServerClient {
  data?: object;
  handshake?: { query: { user: string } };
  once(event: string, listener: () => void): void;
}

function signIn(client: ServerClient, request?: { url: string }): void {
  const user = client.handshake?.query.user ?? new URLSearchParams(request?.url.split('?')[1]).get('user');
  client.data = { user: { id: user } };
}

function callOf(args: readonly unknown[], watched: Watched) {
  const [{ conversationId: session }, client] = args as [{ conversationId: string }, ServerClient];
  // An application that stops its work where the client has gone; each library has its own word for it.
  for (const event of ['close', 'disconnect']) client.once(event, () => watched.of(session).controller.abort());
  return { session, chunk: (data: string) => ({ event: 'answer', data }) };
}

/** All that the client hears, up to what ends the answer; where it leaves, up to the second chunk. */
async function answerOf(client: Client, cell: Cell, { session }: Person, watched: Watched): Promise<string> {
  const isStream = cell.shape === 'observable';
  const last = cell.ending === 'aborted' ? 'zwei' : isStream ? '三' : 'about';
  const isEnough = () => client.heard.some((text) => text.includes(last) || text.includes('exception'));
  const enough = new Promise<void>((resolve) => (client.onHeard = () => isEnough() && resolve()));
  client.send(`${cell.scope} ${handlerName(cell)}`, { conversationId: session });
  await (cell.ending === 'aborted' && !isStream ? watched.of(session).started : enough);
  // What comes after the last chunk (a failure, one chunk too many) comes within some turns.
  if (cell.ending !== 'aborted') await someTurns();
  client.leave();
  const heard = client.heard.slice(0, cell.ending === 'aborted' ? chunks.length - 1 : undefined);
  return heard.join('\n');
}

export const socketIo: ConnectClient = async (url, user) => {
  const socket = io(url, { query: { user }, transports: ['websocket'], forceNew: true });
  await new Promise<void>((connected) => socket.once('connect', connected));
  const client: Client = {
    heard: [],
    onHeard: () => undefined,
    send: (event, data) => void socket.emit(event, data),
    leave: () => void socket.disconnect(),
  };
  socket.onAny((event: string, data: unknown) => {
    client.heard.push(`${event} ${JSON.stringify(data)}`);
    client.onHeard();
  });
  return client;
};

export const plainWs: ConnectClient = async (url, user) => {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/?user=${user}`);
  await once(socket, 'open');
  const client: Client = {
    heard: [],
    onHeard: () => undefined,
    send: (event, data) => socket.send(JSON.stringify({ event, data })),
    leave: () => socket.terminate(),
  };
  socket.on('message', (message: Buffer) => {
    client.heard.push(message.toString());
    client.onHeard();
  });
  return client;
};
