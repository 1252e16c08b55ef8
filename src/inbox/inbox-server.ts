import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessToken } from './access-token.js';
import { answer, answerJson, answerText, begin, notFound, refuse } from './answer.js';
import { answerSession } from './answer-session.js';
import { copyEvent, isCopyFormat } from './copy-event.js';
import type { EventFeed } from './event-feed.js';
import { filterOf } from './event-filter.js';
import { searchEvents } from './event-search.js';
import { isForPrograms, type EventFinder } from './event-finder.js';
import type { EventView } from './event-view.js';
import { refusals, refuseByOrigin, type AccessRules } from './inbox-access.js';
import { loadPage, type Page } from './page.js';
import type { ProblemReport } from './problems/problem-api.js';

/** What the inbox answers with. */
export interface InboxParts {
  readonly view: EventView;
  readonly feed: EventFeed;
  readonly finder: EventFinder;
  readonly token: AccessToken;
  readonly rules: AccessRules;
  /** PostHog's address, for the copied commands. */
  readonly host: () => string;
  /** Empties the inbox. */
  readonly clear: () => void;
  readonly problems: () => ProblemReport;
}

/**
 * Answers the requests beneath one path, on any server of Node's: Express, Fastify, or one of its own.
 *
 * It stands beside the application's routes, not among them: a global guard, interceptor, filter, prefix or version
 * of the application does not touch it.
 */
export class InboxServer {
  constructor(
    /** With a slash in front and none behind. */
    readonly path: string,
    private readonly parts: InboxParts,
  ) {}

  /** Whether the inbox answers this address, `/path?query` as the request has it. */
  owns(url: string): boolean {
    if (!url.startsWith(this.path)) return false;
    const next = url[this.path.length];
    return next === undefined || next === '/' || next === '?';
  }

  /** Whether the network lets this request in; refuses it otherwise. Before the application's own guard. */
  isAllowed(request: IncomingMessage, response: ServerResponse, url: string): boolean {
    // Pages go on asking. Over a connection that lasts they would keep the application's server from closing.
    if (this.parts.feed.isClosed) endConnection(response);
    const refusal = refuseByOrigin(request, this.routeOf(url).route === '', this.parts.rules);
    if (refusal !== undefined) refuse(response, refusal);
    return refusal === undefined;
  }

  /** Answers a request that is allowed, if it carries the token. Never throws. */
  async answer(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    try {
      await this.dispatch(request, response, url);
    } catch {
      if (!response.headersSent) answerText(response, 500, 'The inbox could not answer this.\n');
      else response.destroy();
    }
  }

  private async dispatch(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
    const { token, rules } = this.parts;
    const { route, query } = this.routeOf(url);
    const isPage = route === '';
    const isByAddress = isPage && request.method === 'GET' && token.matches(query.get('token'));
    if (!isByAddress && !token.isCarriedBy(request)) return refuse(response, refusals.token());
    if (isByAddress) {
      // Behind a proxy the browser may know the inbox under another path.
      const isSecure = isEncrypted(request) || (rules.hasGuard && isEncryptedToProxy(request));
      response.setHeader('set-cookie', token.setCookie(rules.hasGuard ? '/' : this.path, isSecure));
    }
    if (request.method === 'POST') return this.change(route, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') return answerText(response, 405, 'Not here.\n');
    if (isPage && !url.slice(this.path.length).startsWith('/')) return redirectToFolder(response, url, this.path);
    await this.read(route, query, request, response);
  }

  private async read(
    route: string,
    query: URLSearchParams,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { view, feed } = this.parts;
    const file = Object.hasOwn(pageFiles, route) ? pageFiles[route] : undefined;
    if (file !== undefined) {
      const page = await loadPage();
      return answer(response, 200, file.type, page[file.text]);
    }
    switch (route) {
      case 'api/events':
        if (isForPrograms(query)) return this.find(query, response);
        return answerJson(response, view.page(numberOf(query, 'limit', 500, 2_500), before(query)));
      case 'api/search':
        return answerJson(response, await searchEvents(view.store, filterOf(query), numberOf(query, 'after', 0)));
      case 'api/problems':
        return answerJson(response, this.parts.problems());
      case 'api/stream':
        return this.stream(query.get('after') ?? headerOf(request, 'last-event-id'), response, feed);
    }
    this.readOne(route, response);
  }

  private async find(query: URLSearchParams, response: ServerResponse): Promise<void> {
    const found = await this.parts.finder.find(query, response);
    if ('refusal' in found) return answerText(response, found.refusal.status, `${found.refusal.text}\n`);
    answerJson(response, found);
  }

  /** `api/conversations/<session>`, `api/events/<seq>` and `api/events/<seq>/copy/<format>` */
  private readOne(route: string, response: ServerResponse): void {
    const { view, host } = this.parts;
    const [, session, form = 'events'] = /^api\/conversations\/([^/]{1,3000})(?:\/(timeline|test))?$/.exec(route) ?? [];
    if (session !== undefined) return answerSession(view, session, form, response);
    const [, seq, format] = /^api\/events\/(\d{1,15})(?:\/copy\/(\w+))?$/.exec(route) ?? [];
    if (format === undefined) {
      const detail = seq === undefined ? undefined : view.detail(Number(seq));
      return detail === undefined ? notFound(response) : answerJson(response, detail);
    }
    const event = view.event(Number(seq));
    if (event === undefined || !isCopyFormat(format)) return notFound(response);
    answerText(response, 200, copyEvent(event, format, host()));
  }

  private change(route: string, response: ServerResponse): void {
    if (route !== 'api/clear') return notFound(response);
    this.parts.clear();
    answerJson(response, {});
  }

  private stream(after: string | undefined, response: ServerResponse, feed: EventFeed): void {
    if (feed.isFull) return refuse(response, refusals.tooMany());
    endConnection(response);
    begin(response, 200, 'text/event-stream; charset=utf-8');
    if (response.req.method === 'HEAD') response.end();
    else feed.open(response, after);
  }

  private routeOf(url: string): { route: string; query: URLSearchParams } {
    const [path = '', query] = url.slice(this.path.length).split('?', 2);
    return { route: path.replace(/^\//, ''), query: new URLSearchParams(query) };
  }
}

const pageFiles: Readonly<Record<string, { type: string; text: keyof Page }>> = {
  '': { type: 'text/html; charset=utf-8', text: 'html' },
  'app.js': { type: 'text/javascript; charset=utf-8', text: 'js' },
  'app.css': { type: 'text/css; charset=utf-8', text: 'css' },
  'icon.svg': { type: 'image/svg+xml', text: 'icon' },
};

/** The page's own addresses are relative, so that it may stand anywhere. */
function redirectToFolder(response: ServerResponse, url: string, path: string): void {
  const query = url.slice(path.length);
  response.setHeader('location', `${path.slice(path.lastIndexOf('/') + 1)}/${query}`);
  answerText(response, 308, '');
}

/** The connection ends with this answer; HTTP/2 has no such header. */
function endConnection(response: ServerResponse): void {
  if (response.req.httpVersionMajor === 1) response.setHeader('connection', 'close');
}

function numberOf(query: URLSearchParams, name: string, fallback: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(query.get(name) ?? fallback);
  return Number.isSafeInteger(value) && value >= 0 ? Math.min(value, most) : fallback;
}

function before(query: URLSearchParams): number | undefined {
  return query.has('before') ? numberOf(query, 'before', 0) : undefined;
}

function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Of several proxies the first stands next to the browser. */
function isEncryptedToProxy(request: IncomingMessage): boolean {
  return /^https\b/i.test(headerOf(request, 'x-forwarded-proto') ?? '');
}

function isEncrypted({ socket }: IncomingMessage): boolean {
  return 'encrypted' in socket && socket.encrypted === true;
}
