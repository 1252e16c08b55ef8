import type { HttpServer } from '@nestjs/common';
import { contextStorage } from '../context/context-storage.js';
import { Frame } from '../context/frame.js';
import type { RequestIdentities } from './request-identities.js';

const INSTALLED = Symbol.for('nestjs-agent-analytics:request-frames');

/**
 * Opens a frame for every HTTP request, on the adapter itself: before Nest's middleware, guards and handlers,
 * whatever the prefix. Does nothing where the adapter is neither Express nor Fastify, or where it is done already.
 *
 * On the path of every request, tracked or not: one frame and one closure.
 */
export function installRequestFrames(adapter: HttpServer | undefined, identities: RequestIdentities): void {
  const type: string | undefined = adapter?.getType?.();
  const server = adapter?.getInstance?.() as (ExpressLike & FastifyLike & { [INSTALLED]?: true }) | undefined;
  if (server === undefined || server[INSTALLED] === true) return;
  const open = (request: unknown, next: () => void): void => {
    const frame = requestFrame(identities, request);
    if (frame === undefined) next();
    else contextStorage.run(frame, next);
  };
  if (type === 'express') server.use((request: unknown, _response: unknown, next: () => void) => open(request, next));
  else if (type === 'fastify') server.addHook('onRequest', (request, _reply, done) => open(request, done));
  else return;
  server[INSTALLED] = true;
}

/** The frame of a request; `undefined` while analytics is off. */
function requestFrame(identities: RequestIdentities, request: unknown): Frame | undefined {
  const settings = identities.settings;
  if (settings === undefined) return undefined;
  return new Frame(undefined, {}, settings.handle, identities.sourceFor({ transport: 'http', request }));
}

interface ExpressLike {
  use(handler: (request: unknown, response: unknown, next: () => void) => void): void;
}
interface FastifyLike {
  addHook(name: 'onRequest', hook: (request: unknown, reply: unknown, done: () => void) => void): void;
}
