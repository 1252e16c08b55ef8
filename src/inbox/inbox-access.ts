import type { IncomingMessage } from 'node:http';

/** Why a request is not answered. The text is for the person before the screen. */
export interface Refusal {
  readonly status: 401 | 403 | 503;
  readonly text: string;
}

export interface AccessRules {
  /** With a guard of the application's, its place in the network is the application's business. */
  readonly hasGuard: boolean;
  readonly allowedHosts: readonly string[];
}

/** What the network says of a request: refused where it can't come from this machine, or comes from another site. */
export function refuseByOrigin(request: IncomingMessage, isPage: boolean, rules: AccessRules): Refusal | undefined {
  if (!rules.hasGuard) {
    const refusal = refuseByNetwork(request, rules.allowedHosts);
    if (refusal !== undefined) return refusal;
  }
  return isFromOtherSite(request, isPage) ? refusals.otherSite() : undefined;
}

/** Refuses what came through a proxy or tunnel, from another machine, or was asked under a foreign name. */
export function refuseByNetwork(request: IncomingMessage, allowedHosts: readonly string[]): Refusal | undefined {
  const forwarded = forwardedHeaders.find((name) => request.headers[name] !== undefined);
  if (forwarded !== undefined) return refusals.forwarded(forwarded);
  const host = hostOf(request);
  // Who sends Host from elsewhere writes what it likes: there localhost counts only where it was allowed.
  const from = request.socket.remoteAddress;
  if (!isLoopback(from) && !isAllowed(host, allowedHosts)) return refusals.elsewhere(from ?? 'no known address');
  return isOwnHost(host, allowedHosts) ? undefined : refusals.host();
}

export const refusals = {
  forwarded: (name: string): Refusal => ({
    status: 403,
    text: `The inbox is for this machine only, and this request came through a proxy or tunnel (${name}). To open it there, configure a guard: AnalyticsInboxModule.forRoot({ guard: YourGuard }).`,
  }),
  elsewhere: (address: string): Refusal => ({
    status: 403,
    text: `The inbox is for this machine only, and this request came from another one (${address}); the machine around a container is another one too. To open it from there, allow the name in its address: AnalyticsInboxModule.forRoot({ allowedHosts: ["localhost"] }), or configure a guard.`,
  }),
  host: (): Refusal => ({
    status: 403,
    text: 'The inbox answers on localhost only. To reach it under another name, add it: AnalyticsInboxModule.forRoot({ allowedHosts: ["my-host"] }), or configure a guard.',
  }),
  otherSite: (): Refusal => ({
    status: 403,
    text: 'The inbox answers its own page only. Behind a proxy without TLS, let the proxy pass on the Host.',
  }),
  token: (): Refusal => ({
    status: 403,
    text: 'Open the inbox by the address that the application printed when it started: it carries the token.',
  }),
  tooMany: (): Refusal => ({ status: 503, text: 'Too many pages are open on this inbox.' }),
} as const;

/** A proxy sets at least one of these; a browser none. */
const forwardedHeaders = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-original-host',
  'x-real-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'via',
];

/** By a name of its own another site could point at this machine (DNS rebinding). */
export function isOwnHost(host: string | undefined, allowed: readonly string[]): boolean {
  const name = host === undefined ? '' : hostName(host);
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(name) ||
    allowed.includes(name)
  );
}

function isAllowed(host: string | undefined, allowed: readonly string[]): boolean {
  return host !== undefined && allowed.includes(hostName(host));
}

/** IPv4 on a socket of IPv6 too. */
function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/.test(address);
}

/** Only the page itself may be opened from elsewhere, by a link: it says nothing without the token. */
function isFromOtherSite(request: IncomingMessage, isPage: boolean): boolean {
  const { origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = request.headers;
  const isChange = request.method !== 'GET' && request.method !== 'HEAD';
  if (isPage && !isChange && mode === 'navigate') return false;
  // No page can write it, and a proxy that asks under a Host of its own leaves it alone.
  if (site === 'same-origin') return false;
  if (site !== undefined && site !== 'none') return true;
  if (origin !== undefined && !isSameOrigin(origin, hostOf(request))) return true;
  // A browser says at least one of the two of a request that changes something; a program carries the token itself.
  return isChange && site === undefined && origin === undefined && request.headers.authorization === undefined;
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();
}

function hostOf({ headers }: IncomingMessage): string | undefined {
  const authority = (headers as Record<string, unknown>)[':authority'];
  return headers.host ?? (typeof authority === 'string' ? authority : undefined);
}

function hostName(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}
