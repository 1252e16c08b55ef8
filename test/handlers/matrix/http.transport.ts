import type { Server, ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import {
  Controller,
  Get,
  Param,
  Req,
  Res,
  Sse,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type NestApplicationOptions,
} from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { handlerName, scopes, type Cell } from './cells.js';
import { handlersOf, type Twin } from './handlers.js';
import { moduleOf, type Running, type StartTransport } from './transport.js';
import type { Watched } from './watched.js';

export class UserOfHeader implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: object }>();
    request.user = { id: request.headers['authorization'] };
    return true;
  }
}

/** HTTP on one of Nest's platforms, spoken over plain sockets, so that every byte is compared. */
export const overHttp =
  (adapter: () => AbstractHttpAdapter): StartTransport =>
  async (twin, cells) => {
    const controllers = scopes.map((scope) => {
      const Handlers = handlersOf({ twin, scope, cells, decorate: twin.message, declare: declareRoute, call: callOf });
      Controller(scope)(Handlers);
      UseGuards(UserOfHeader)(Handlers);
      return Handlers;
    });
    const module = await moduleOf(twin, { controllers });
    const quiet: NestApplicationOptions = { logger: false, forceCloseConnections: true };
    const app = module.createNestApplication(adapter(), quiet);
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    return {
      call: (cell, { user, session }) => exchange(twin, port, cell, user, session),
      close: () => app.close(),
    } satisfies Running;
  };

function declareRoute(cell: Cell, prototype: object, key: string, descriptor: PropertyDescriptor): void {
  const method = cell.shape === 'sse' ? Sse : Get;
  method(`${key}/:sessionId`)(prototype, key, descriptor);
  Param('sessionId')(prototype, key, 0);
  Req()(prototype, key, 1);
  if (writesItself(cell)) Res()(prototype, key, 2);
}

const writesItself = ({ shape }: Cell): boolean => shape === 'piped' || shape === 'ui messages';

interface Answer {
  raw?: ServerResponse;
  hijack?(): void;
}

function callOf(args: readonly unknown[], watched: Watched) {
  const [session, request, answer] = args as [string, { raw?: { socket: Socket }; socket: Socket }, Answer?];
  // An application that stops its work where nobody waits for it any more.
  const socket = request.raw?.socket ?? request.socket;
  socket.once('close', () => watched.of(session).controller.abort());
  if (answer === undefined) return { session };
  answer.hijack?.();
  return { session, response: answer.raw ?? (answer as ServerResponse) };
}

const LAST_CHUNK = '\r\n0\r\n\r\n';

/** All that the server sends but the date; of an answer that its reader leaves, all before its first chunk. */
async function exchange(twin: Twin, port: number, cell: Cell, user: string, session: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const path = `/${cell.scope}/${handlerName(cell)}/${session}`;
  socket.write(`GET ${path} HTTP/1.1\r\nhost: test\r\nauthorization: ${user}\r\nconnection: close\r\n\r\n`);
  const parts: Buffer[] = [];
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.on('error', () => undefined);
  socket.on('data', (part: Buffer) => {
    parts.push(part);
    const whole = Buffer.concat(parts);
    if (cell.ending === 'aborted' && whole.includes('zwei')) socket.destroy();
    // Event streams keep the connection, whatever was asked.
    if (whole.subarray(-LAST_CHUNK.length).toString() === LAST_CHUNK) socket.end();
  });
  const work = twin.watched.of(session);
  if (cell.ending === 'aborted' && (cell.shape === 'promise' || cell.shape === 'observable')) {
    await work.started;
    socket.destroy();
  }
  await closed;
  const sent = Buffer.concat(parts)
    .toString()
    .replace(/\r\ndate: [^\r]*/i, '');
  const seen = cell.ending === 'aborted' ? sent.slice(0, sent.indexOf('\r\n\r\n')) : sent;
  return `${seen}\n${await work.howEnded()}`;
}
