import type { IncomingMessage, ServerResponse } from 'node:http';
import { isOwnHost, refuseByNetwork, type Refusal } from '../inbox-access.js';

/**
 * Who may send events: programs of this machine, and pages that this machine serves. An SDK has no token to show, so
 * the network decides: a page of another site says its Origin, also where it sends without asking (no-cors, beacons).
 */
export function refuseSender(request: IncomingMessage): Refusal | undefined {
  const byNetwork = refuseByNetwork(request, []);
  if (byNetwork !== undefined) return { ...byNetwork, text: 'This inbox takes events of this machine only, directly.' };
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined) return isLoopbackOrigin(origin) ? undefined : otherSite;
  // A script that a page loads says no Origin and holds nothing secret; what changes something must say it.
  const isChange = request.method !== 'GET' && request.method !== 'HEAD';
  return isChange && site !== undefined && site !== 'same-origin' && site !== 'none' ? otherSite : undefined;
}

/** Lets pages of this machine, and no others, read the answer. */
export function allowOrigin(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('vary', 'origin');
  const { origin } = request.headers;
  if (origin === undefined || !isLoopbackOrigin(origin)) return;
  response.setHeader('access-control-allow-origin', origin);
  // A beacon is sent with credentials, whatever its sender wants; there are none to protect here.
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('access-control-expose-headers', 'retry-after');
}

/** Answers the question that a browser asks before a request that is not simple. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const asked = request.headers['access-control-request-headers'] ?? '';
  response.setHeader('access-control-allow-methods', 'GET, POST, OPTIONS');
  if (/^[\w-]+(?:,\s*[\w-]+){0,40}$/.test(asked)) response.setHeader('access-control-allow-headers', asked);
  response.setHeader('access-control-max-age', '600');
  response.writeHead(204).end();
}

const otherSite: Refusal = { status: 403, text: 'This inbox takes events of pages on localhost only.' };

function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && isOwnHost(host, []);
}
