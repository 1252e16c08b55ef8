import type { HttpServer } from '@nestjs/common';
import { contextStorage, currentFrame } from '../context/context-storage.js';
import { Frame } from '../context/frame.js';
import { RequestEnd } from './response-end.js';
import type { RequestIdentities } from './request-identities.js';

const INSTALLED = Symbol.for('nestjs-agent-analytics:request-frames');

/**
 * Opens a frame for every HTTP request, on the adapter itself: before the middleware of modules, guards and handlers,
 * whatever the prefix. Does nothing where the adapter is neither Express nor Fastify, or where it is done already.
 *
 * On the path of every request, tracked or not: one frame, one closure and what it knows of the response.
 */
export function installRequestFrames(adapter: HttpServer | undefined, identities: RequestIdentities): void {
  const server = adapter?.getInstance?.() as AdapterInstance | undefined;
  if (server === undefined || server[INSTALLED] === true) return;
  const type: string | undefined = adapter?.getType?.();
  if (type === 'express') openBeforeMiddleware(server, identities);
  else if (type === 'fastify') openOnFastify(server, identities);
  else return;
  server[INSTALLED] = true;
}

function openBeforeMiddleware(server: AdapterInstance, identities: RequestIdentities): void {
  server.use?.((request, response, next) => {
    const frame = requestFrame(identities, request, response);
    if (frame === undefined) next();
    else contextStorage.run(frame, next);
  });
}

/**
 * Nest runs middleware on Fastify in a hook that stands before any that can be added now, and gives it node's request.
 * So the frame is opened there, and handed Fastify's own request, where guards leave the user, in a hook.
 */
function openOnFastify(server: AdapterInstance, identities: RequestIdentities): void {
  openBeforeMiddleware(server, identities);
  server.addHook('onRequest', (request, reply, done) => {
    const open = currentFrame();
    const frame = requestFrame(identities, request, reply);
    if (frame === undefined) return done();
    if (open === undefined) return contextStorage.run(frame, done);
    open.identity = frame.identity;
    done();
  });
}

/** The frame of a request; `undefined` while analytics is off. */
function requestFrame(identities: RequestIdentities, request: unknown, response: unknown): Frame | undefined {
  const settings = identities.settings;
  if (settings === undefined) return undefined;
  const frame = new Frame(undefined, {}, settings.handle, identities.sourceFor({ transport: 'http', request }));
  frame.transport = RequestEnd.of(response);
  return frame;
}

interface AdapterInstance {
  [INSTALLED]?: true;
  use?(handler: (request: unknown, response: unknown, next: () => void) => void): void;
  addHook(name: 'onRequest', hook: (request: unknown, reply: unknown, done: () => void) => void): void;
}
