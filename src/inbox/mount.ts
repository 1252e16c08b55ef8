import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpServer } from '@nestjs/common';

/** What the inbox sees of a request: Node's own objects, and those of the framework for the application's guard. */
export interface MountedRequest {
  readonly url: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly frameworkRequest: unknown;
  readonly frameworkResponse: unknown;
}

export interface Mountable {
  owns(url: string): boolean;
  handle(request: MountedRequest): void;
}

/**
 * Puts a handler before the application's routes, whatever its prefix, guards and interceptors.
 * `false`: the adapter is neither Express nor Fastify.
 */
export function mountOnAdapter(adapter: HttpServer | undefined, handler: Mountable): boolean {
  const type: string | undefined = adapter?.getType?.();
  if (type === 'express') mountOnExpress(adapter?.getInstance() as ExpressLike, handler);
  else if (type === 'fastify') mountOnFastify(adapter?.getInstance() as FastifyLike, handler);
  else return false;
  return true;
}

function mountOnExpress(express: ExpressLike, handler: Mountable): void {
  express.use((request, response, next) => {
    // `url` is cut where the application is itself mounted in another.
    const url = request.originalUrl ?? request.url ?? '';
    if (!handler.owns(url)) return next();
    handler.handle({ url, request, response, frameworkRequest: request, frameworkResponse: response });
  });
}

function mountOnFastify(fastify: FastifyLike, handler: Mountable): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const url = request.raw.url ?? '';
    if (!handler.owns(url)) return done();
    reply.hijack();
    handler.handle({
      url,
      request: request.raw,
      response: reply.raw,
      frameworkRequest: request,
      frameworkResponse: reply,
    });
  });
}

interface ExpressLike {
  use(
    handler: (request: IncomingMessage & { originalUrl?: string }, response: ServerResponse, next: () => void) => void,
  ): void;
}
interface FastifyReplyLike {
  readonly raw: ServerResponse;
  hijack(): void;
}
interface FastifyLike {
  addHook(
    name: 'onRequest',
    hook: (request: { raw: IncomingMessage }, reply: FastifyReplyLike, done: () => void) => void,
  ): void;
}
