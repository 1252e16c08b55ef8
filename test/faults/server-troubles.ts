import { faults, type PostHogServer } from '../support/posthog-server.js';

/** A fault of the server, or of the way to it, that lasts as long as the application runs. */
export interface ServerTrouble {
  readonly name: string;
  readonly begin?: (server: PostHogServer) => void | Promise<void>;
  /** Where the application sends its events, if not to the server. */
  readonly host?: (server: PostHogServer) => string;
}

const always = (fault: Parameters<PostHogServer['fault']>[0]) => (server: PostHogServer) => void server.fault(fault);

/** Each fault of "network and server" under which the application's own requests are measured. */
export const serverTroubles: readonly ServerTrouble[] = [
  { name: 'down: connections refused', begin: (server) => server.refuse() },
  { name: '503', begin: always(faults.status(503)) },
  { name: '429, Retry-After 5 s', begin: always(faults.status(429, { 'retry-after': '5' })) },
  { name: 'resets', begin: always(faults.reset) },
  { name: 'accepted, cut before the answer', begin: always(faults.cutBeforeAnswer) },
  { name: 'half an answer', begin: always(faults.halfAnswer) },
  { name: 'never answers', begin: always(faults.hang) },
  { name: 'answers in 20 s', begin: always(faults.slow(20_000)) },
  { name: 'TLS fails', host: (server) => server.url.replace('http:', 'https:') },
  { name: 'DNS fails', host: () => 'http://posthog.invalid' },
  { name: '200 with HTML', begin: always(faults.html200) },
  { name: '302 to a login page', begin: always(faults.redirect302) },
  { name: '400 for everything', begin: always(faults.status(400)) },
  { name: '403 for everything', begin: always(faults.status(403)) },
  {
    name: '413 for more than 10 at once',
    begin: always(({ events }) => (events.length > 10 ? faults.status(413) : undefined)),
  },
  { name: '401', begin: always(faults.status(401)) },
];
