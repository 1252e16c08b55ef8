import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnalyticsEvent } from '../../event/analytics-event.js';
import { messages } from '../../event/messages.js';
import { isOwnHost } from '../inbox-access.js';
import { Inbox } from '../inbox.js';
import { InboxConfigurationError, resolveInboxSettings } from '../inbox.options.js';
import type { CapturedEvent } from './captured-event.js';
import { IngestionServer } from './ingestion-server.js';
import { Relay } from './relay.js';

export interface StandaloneInboxOptions {
  /** 0: any that is free. @default 8010 */
  readonly port?: number | undefined;
  /** PostHog's address, where each request is sent on once it is shown. @default nowhere */
  readonly forward?: string | undefined;
  readonly maxEvents?: number | undefined;
  readonly maxBytes?: number | undefined;
  /** As `InboxOptions.token`. */
  readonly token?: string | undefined;
  /** Told what the person who started it should know: that events were not forwarded. */
  readonly onTrouble?: (text: string) => void;
}

/** A running inbox of its own, with PostHog's protocol at its door. */
export interface StandaloneInbox {
  /** What an SDK takes as its host. */
  readonly host: string;
  /** The page, token included. */
  readonly url: string;
  readonly token: string;
  /** Waits for what is being forwarded, at most some seconds. */
  readonly close: () => Promise<void>;
}

const PATH = '/__inbox';
const DEFAULT_PORT = 8010;

/**
 * Starts an inbox on 127.0.0.1 that any PostHog SDK, in any language, can point its host at. It shows each event, and
 * sends it on where it is told to. Throws `InboxConfigurationError` for what can't be, and the system's error where
 * the port is taken.
 */
export async function startStandaloneInbox(options: StandaloneInboxOptions = {}): Promise<StandaloneInbox> {
  if (process.env.NODE_ENV === 'production') throw new InboxConfigurationError(messages.standaloneInProduction());
  const { port = DEFAULT_PORT, forward, maxEvents, maxBytes, token, onTrouble = () => undefined } = options;
  const relay = forward === undefined ? undefined : new Relay(readHost(forward));
  const inbox = new Inbox(resolveInboxSettings({ path: PATH, maxEvents, maxBytes, token }), undefined);
  inbox.tap.settings = {
    ...inbox.tap.settings,
    hasKey: relay !== undefined,
    ...(relay !== undefined && { host: relay.host }),
    isStandalone: true,
  };
  const ingestion = new IngestionServer({
    show: (events) => show(inbox, events),
    relay,
    onRelayed: (events, why) => {
      for (const { event } of events) settle(inbox, event, why);
      if (why !== undefined) onTrouble(messages.notForwarded(relay?.host ?? '', events.length, why).text);
    },
    now: Date.now,
  });
  const server = createServer((request, response) => void route(inbox, ingestion, request, response));
  // A sender that begins and never ends would hold its memory.
  server.requestTimeout = 30_000;
  server.maxConnections = 256;
  await listen(server, port);
  const { port: ownPort } = server.address() as AddressInfo;
  if (relay !== undefined && isOwn(relay.host, ownPort)) {
    server.close();
    throw new InboxConfigurationError(messages.badForwardHost());
  }
  const host = `http://localhost:${ownPort}`;
  return {
    host,
    url: `${host}${PATH}/?token=${inbox.token.value}`,
    token: inbox.token.value,
    close: async () => {
      inbox.close();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      await relay?.idle();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function route(
  { server }: Inbox,
  ingestion: IngestionServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? '/';
  if (!server.owns(url)) return ingestion.answer(request, response);
  if (server.isAllowed(request, response, url)) await server.answer(request, response, url);
}

function show(inbox: Inbox, events: readonly CapturedEvent[]): void {
  inbox.tap.write(events.map(({ event }) => event));
  // One bad event refuses its whole batch.
  const refused = events.find(({ refusal }) => refusal !== undefined);
  if (refused === undefined) return;
  for (const { event, refusal } of events) {
    const why = refusal ?? `an event beside it is refused: ${refused.refusal ?? ''}`;
    drop(inbox, event, `PostHog refuses the request: ${why}`);
  }
}

function settle(inbox: Inbox, event: AnalyticsEvent, why: string | undefined): void {
  if (why === undefined) inbox.tap.settle(event.uuid, 'delivered');
  else drop(inbox, event, `not forwarded: ${why}`);
}

function drop({ tap, notes }: Inbox, { uuid, event }: AnalyticsEvent, why: string): void {
  tap.settle(uuid, 'dropped', why);
  notes.note(`dropped:${why}`, event, undefined);
}

function readHost(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHost = url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '';
  if (!isHost) throw new InboxConfigurationError(messages.badForwardHost());
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** What is forwarded to this server would come back for ever. */
function isOwn(host: string, port: number): boolean {
  const { hostname, port: named, protocol } = new URL(host);
  return isOwnHost(hostname, []) && Number(named || (protocol === 'https:' ? 443 : 80)) === port;
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
