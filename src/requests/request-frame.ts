import type { HttpServer } from '@nestjs/common';
import { contextStorage, currentFrame } from '../context/context-storage.js';
import { Frame } from '../context/frame.js';
import { RequestEnd } from './response-end.js';
import type { RequestIdentities } from './request-identities.js';

const INSTALLED = Symbol.for('nestjs-agent-analytics:request-frames');

/**
 * Opens a frame for every HTTP request, on the adapter itself: before the middleware of modules, guards and handlers,
 * whatever the prefix. Does nothing where the adapter is neither Express nor Fastify.
 *
 * On the path of every request, tracked or not: one frame, one closure and what it knows of the response.
 */
export function installRequestFrames(adapter: HttpServer | undefined, identities: RequestIdentities): void {
  const server = adapter?.getInstance?.() as AdapterInstance | undefined;
  if (server === undefined) return;
  if (server[INSTALLED] !== undefined) return void server[INSTALLED].add(identities);
  const applications = new Set([identities]);
  const type: string | undefined = adapter?.getType?.();
  if (type === 'express') openBeforeMiddleware(server, applications);
  else if (type === 'fastify') openOnFastify(server, applications);
  else return;
  server[INSTALLED] = applications;
}

function openBeforeMiddleware(server: AdapterInstance, applications: Applications): void {
  server.use?.((request, response, next) => {
    const frame = requestFrame(applications, request, response);
    if (frame === undefined) next();
    else contextStorage.run(frame, next);
  });
}

/**
 * Nest runs middleware on Fastify in a hook that stands before any that can be added now, and gives it node's request.
 * So the frame is opened there, and handed Fastify's own request, where guards leave the user, in a hook.
 */
function openOnFastify(server: AdapterInstance, applications: Applications): void {
  openBeforeMiddleware(server, applications);
  server.addHook('onRequest', (request, reply, done) => {
    const open = currentFrame();
    const frame = requestFrame(applications, request, reply);
    if (frame === undefined) return done();
    if (open === undefined) return contextStorage.run(frame, done);
    open.identity = frame.identity;
    done();
  });
}

/** The frame of a request, of the first application whose analytics is on; `undefined` while none is. */
function requestFrame(applications: Applications, request: unknown, response: unknown): Frame | undefined {
  for (const identities of applications) {
    const { settings } = identities;
    if (settings === undefined) continue;
    const frame = new Frame(undefined, {}, settings.handle, identities.sourceFor({ transport: 'http', request }));
    frame.transport = RequestEnd.of(response);
    return frame;
  }
  return undefined;
}

/** Those that were given the same server one after another, as applications in tests are. */
type Applications = ReadonlySet<RequestIdentities>;

interface AdapterInstance {
  [INSTALLED]?: Set<RequestIdentities>;
  use?(handler: (request: unknown, response: unknown, next: () => void) => void): void;
  addHook(name: 'onRequest', hook: (request: unknown, reply: unknown, done: () => void) => void): void;
}
