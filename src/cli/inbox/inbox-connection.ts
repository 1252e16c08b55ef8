import { isOwnHost } from '../../inbox/inbox-access.js';
import { rememberedToken } from '../../inbox/remembered-token.js';

const DEFAULT_URL = 'http://localhost:3000/__inbox';

/** The inbox did not answer as it should; `status` is 0 where it could not be reached. */
export class InboxError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Asks a running inbox, under the same rules as everyone: with its token, and directly. */
export class InboxConnection {
  private constructor(
    /** Without a slash at its end. */
    readonly base: string,
    private readonly token: string,
  ) {}

  /** `url` is the address that was printed, token included, or without one where it is known otherwise. */
  static open(url: string = DEFAULT_URL): InboxConnection {
    if (!URL.canParse(url) || !/^https?:/.test(url)) throw new InboxError(0, '--url takes the address of an inbox.');
    const { origin, pathname, searchParams, host } = new URL(url);
    const path = pathname === '/' ? '/__inbox' : pathname.replace(/\/+$/, '');
    const given = searchParams.get('token') ?? process.env.ANALYTICS_INBOX_TOKEN;
    if (!given && !isOwnHost(host, [])) throw new InboxError(0, '--url needs the token where it is not localhost.');
    return new InboxConnection(origin + path, given || rememberedToken(process.cwd(), path));
  }

  /** Throws an `InboxError` for everything but an answer. */
  async get<T>(path: string, query: Readonly<Record<string, string>>, stop: AbortSignal): Promise<T> {
    const headers = { authorization: `Bearer ${this.token}` };
    const url = `${this.base}/api/${path}?${new URLSearchParams(query).toString()}`;
    const response = await fetch(url, { headers, signal: stop, redirect: 'error' }).catch(() => {
      throw new InboxError(
        0,
        `There is no inbox at ${this.base}: start the application, or name its address with --url.`,
      );
    });
    if (response.ok) return (await response.json()) as T;
    throw new InboxError(response.status, messageOf(response.status, await response.text()));
  }
}

function messageOf(status: number, text: string): string {
  if (status === 401 || status === 403) {
    return `The inbox does not let this in (${status}): pass the address that it printed, token included, with --url.`;
  }
  return `The inbox answered ${status}: ${text.slice(0, 200).trim()}`;
}
