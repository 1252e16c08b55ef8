import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The secret of the boot URL, and the cookie that keeps it. */
export class AccessToken {
  /** One for each token: two applications on localhost share their cookies, whatever their ports. */
  readonly cookieName: string;
  private readonly digest: Buffer;

  constructor(readonly value: string) {
    this.digest = sha256(value);
    this.cookieName = `agent_inbox_${this.digest.toString('hex', 0, 4)}`;
  }

  static random(): string {
    return randomBytes(32).toString('base64url');
  }

  /** Whether the request carries it: as a cookie, or as `Authorization: Bearer` where no browser asks. */
  isCarriedBy({ headers }: IncomingMessage): boolean {
    const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
    return this.matches(bearer) || this.matches(this.cookieOf(headers.cookie ?? ''));
  }

  matches(given: string | null | undefined): boolean {
    return typeof given === 'string' && given.length <= 200 && timingSafeEqual(sha256(given), this.digest);
  }

  /** Readable by no script, sent by no other site. */
  setCookie(path: string, isSecure: boolean): string {
    return `${this.cookieName}=${this.value}; Path=${path}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
  }

  private cookieOf(header: string): string | undefined {
    const start = `${this.cookieName}=`;
    return header
      .split(/;\s*/)
      .find((pair) => pair.startsWith(start))
      ?.slice(start.length);
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
