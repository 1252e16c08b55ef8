import type { CanActivate, Type } from '@nestjs/common';
import { messages, type Message } from '../event/messages.js';

/** Options of `AnalyticsInboxModule.forRoot()`. */
export interface InboxOptions {
  /** Where the page stands in the application. A global prefix does not touch it. @default '/__inbox' */
  readonly path?: string | undefined;
  /** `false`: the module does nothing at all. @default true */
  readonly enabled?: boolean | undefined;
  /** The most events that are kept; the oldest go first. @default 10000 */
  readonly maxEvents?: number | undefined;
  /** The most bytes that are kept; the oldest events go first. At least 16 MB. @default 64 MB (67108864) */
  readonly maxBytes?: number | undefined;
  /**
   * Who may open the inbox, besides having its token: a Nest guard, as a class or an instance. With it the inbox may
   * run in production and behind a proxy; the guard then stands in for the checks of who asks from where: of the other
   * machine, Host and forwarded headers.
   * @default nobody but this machine
   */
  readonly guard?: Type<CanActivate> | CanActivate | undefined;
  /**
   * Names under which the inbox may be opened, from other machines too; from this one localhost always is. In a
   * container, to which the machine around it is another one: `['localhost']`. Not needed with a guard.
   */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * The token of the boot URL, at least 16 characters: for several processes that share one address.
   * `ANALYTICS_INBOX_TOKEN` @default a random one, the same over restarts where node_modules can be written
   */
  readonly token?: string | undefined;
}

export interface InboxSettings {
  /** With a slash in front and none behind. */
  readonly path: string;
  readonly enabled: boolean;
  readonly maxEvents: number;
  readonly maxBytes: number;
  readonly guard: Type<CanActivate> | CanActivate | undefined;
  readonly allowedHosts: readonly string[];
  readonly token: string | undefined;
}

/** Stops the bootstrap: the inbox can't run as it is set up. */
export class InboxConfigurationError extends Error {
  override readonly name = 'InboxConfigurationError';

  readonly code: string;

  constructor(message: Message) {
    super(`[AnalyticsInboxModule] ${message.code} ${message.text}`);
    this.code = message.code;
  }
}

const known: readonly string[] = [
  'path',
  'enabled',
  'maxEvents',
  'maxBytes',
  'guard',
  'allowedHosts',
  'token',
] satisfies (keyof InboxOptions)[];
const LEAST_BYTES = 16 * 1024 * 1024;

/** The options with every default filled in. Throws `InboxConfigurationError` for the first that is malformed. */
export function resolveInboxSettings(options: InboxOptions): InboxSettings {
  for (const option of Object.keys(options)) {
    if (!known.includes(option)) throw wrong(option, `one of ${known.join(', ')}`);
  }
  const path = options.path ?? '/__inbox';
  if (!/^(\/[\w.~-]+)+$/.test(path)) throw wrong('path', 'a path like /__inbox, with no slash at its end');
  const maxEvents = options.maxEvents ?? 10_000;
  if (!isWhole(maxEvents, 1)) throw wrong('maxEvents', 'a whole number from 1');
  const maxBytes = options.maxBytes ?? 64 * 1024 * 1024;
  if (!isWhole(maxBytes, LEAST_BYTES)) throw wrong('maxBytes', `a whole number from ${LEAST_BYTES}`);
  const token = options.token ?? (process.env.ANALYTICS_INBOX_TOKEN || undefined);
  if (token !== undefined && !/^[\w.~-]{16,200}$/.test(token)) {
    throw wrong('token', 'at least 16 letters, digits, "-", "_", "." or "~"');
  }
  const { enabled = true, guard, allowedHosts = [] } = options;
  if (typeof enabled !== 'boolean') throw wrong('enabled', 'true or false');
  if (guard !== undefined && !isGuard(guard)) throw wrong('guard', 'a guard, as a class or an instance');
  if (!Array.isArray(allowedHosts) || !allowedHosts.every((host) => typeof host === 'string')) {
    throw wrong('allowedHosts', 'a list of names');
  }
  return { path, enabled, maxEvents, maxBytes, guard, allowedHosts: allowedHosts.map(lowerCase), token };
}

function isGuard(guard: unknown): boolean {
  return typeof guard === 'function' || typeof (guard as CanActivate | null)?.canActivate === 'function';
}

function lowerCase(host: string): string {
  return host.toLowerCase();
}

function isWhole(value: number, from: number): boolean {
  return Number.isInteger(value) && value >= from;
}

function wrong(option: string, expected: string): InboxConfigurationError {
  return new InboxConfigurationError(messages.inboxOption(option, expected));
}
