import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The running inbox, to be injected. */
export class AnalyticsInbox {
  private base: string | undefined;

  constructor(
    readonly path: string,
    private readonly token: string | undefined,
  ) {}

  /**
   * The address that opens the inbox, token included: whoever has it, and the guard's leave, sees every event.
   * `null` until the application listens, and where the inbox is off.
   */
  get url(): string | null {
    return this.base === undefined || this.token === undefined ? null : `${this.base}${this.pathWithToken ?? ''}`;
  }

  /** The same without scheme and host: for a frame in one of the application's own pages. `null` where it is off. */
  get pathWithToken(): string | null {
    return this.token === undefined ? null : `${this.path}/?token=${this.token}`;
  }

  /** @internal Calls `ready` when the server listens and the address is known. */
  follow(server: Server, ready: () => void): void {
    const note = (): void => {
      const address = server.address();
      if (address === null || typeof address === 'string') return;
      this.base = baseUrl(address, 'setSecureContext' in server);
      ready();
    };
    if (server.listening) note();
    else server.once('listening', note);
  }
}

/** localhost, where the server listens on all addresses or on the machine's own. */
function baseUrl({ address, port, family }: AddressInfo, isEncrypted: boolean): string {
  const isEverywhere = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(address);
  const host = isEverywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `${isEncrypted ? 'https' : 'http'}://${host}:${port}`;
}
