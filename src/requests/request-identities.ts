import { types } from 'node:util';
import type { AnalyticsContextValues } from '../context/context-values.js';
import type { IdentitySource } from '../context/frame.js';
import { plainMap } from '../context/plain-values.js';
import { messages } from '../event/messages.js';
import { errorType } from '../event/redaction.js';
import type { Reporter } from '../event/reporter.js';
import {
  defaultIdentity,
  posthogHeaders,
  type IdentityInput,
  type IdentityResolver,
  type ResolvedIdentity,
} from './request-identity.js';

/** The token of an application's `RequestIdentities`. */
export const REQUEST_IDENTITIES = Symbol.for('nestjs-agent-analytics:request-identities');

/**
 * Whether this user may use this session id, which is the client's claim. Synchronous; anything but `true`, a throw
 * included, refuses it. `userId` is `undefined` while no user is known.
 */
export type SessionVerifier = (claim: { userId: string | undefined; sessionId: string; request?: unknown }) => boolean;

export interface RequestSettings {
  readonly identity: IdentityResolver | undefined;
  readonly verifySession: SessionVerifier | undefined;
  readonly posthogHeaders: boolean;
  /** The capture handle of the application: frames carry it. */
  readonly handle: object;
  readonly reporter: Reporter;
}

/**
 * How an application's requests say who they are from.
 *
 * A provider without dependencies: the module fills `settings` when analytics is on and empties it at close, and
 * interceptors made at any time find it.
 */
export class RequestIdentities {
  settings: RequestSettings | undefined;

  /**
   * The person and conversation of one carrier, to be asked as often as needed. A session is verified anew with each
   * user. A resolver that throws or answers with a promise counts as unknown, told once.
   */
  sourceFor(input: IdentityInput): IdentitySource {
    const settings = this.settings;
    if (settings === undefined) return () => undefined;
    let last: Answer | undefined;
    return (knownUser) => {
      const resolved = resolve(settings, input);
      if (last !== undefined && last.knownUser === knownUser && sameAnswer(last.resolved, resolved)) return last.values;
      const claim = asId(resolved?.sessionId) ?? last?.claim;
      last = { resolved, knownUser, claim, values: valuesFrom(settings, input, resolved, knownUser, claim) };
      return last.values;
    };
  }
}

/** What a carrier has said when it was asked last. */
interface Answer {
  readonly resolved: ResolvedIdentity | undefined;
  readonly knownUser: string | null | undefined;
  readonly claim: string | undefined;
  readonly values: AnalyticsContextValues;
}

/** Reads the answer once, because its fields may be getters that throw. */
function resolve({ identity, reporter }: RequestSettings, input: IdentityInput): ResolvedIdentity | undefined {
  try {
    const resolved = (identity ?? defaultIdentity)(input) as unknown;
    if (!types.isPromise(resolved)) return isObject(resolved) ? readOnce(resolved) : undefined;
    resolved.catch(() => undefined);
    reporter.warnOnce(messages.callbackAsync('AnalyticsModule', 'identity'), 'identity');
  } catch (error) {
    reporter.warnOnce(messages.callbackThrew('AnalyticsModule', 'identity', errorType(error)), 'identity');
  }
  return undefined;
}

function readOnce({ userId, sessionId, groups, properties, track }: ResolvedIdentity): ResolvedIdentity {
  return { userId, sessionId, groups, properties, track };
}

function valuesFrom(
  settings: RequestSettings,
  input: IdentityInput,
  resolved: ResolvedIdentity | undefined,
  knownUser: string | null | undefined,
  claim: string | undefined,
): AnalyticsContextValues {
  const userId = asId(resolved?.userId);
  const sessionId = verified(settings, input, knownUser ?? userId, claim);
  const groups = plainMap(resolved?.groups);
  const properties = plainMap(resolved?.properties);
  return {
    ...(userId !== undefined && { userId }),
    ...(sessionId !== undefined && { sessionId }),
    ...(groups && { groups }),
    ...(properties && { properties }),
    ...(resolved?.track === false && { track: false }),
    ...(settings.posthogHeaders && posthogHeaders(input.request)),
    ...(input.transport !== 'rpc' && { trigger: 'chat' as const }),
  };
}

/** The session, if it may be used; `null` where it is refused. */
function verified(
  { verifySession, reporter }: RequestSettings,
  { request }: IdentityInput,
  userId: string | undefined,
  sessionId: string | undefined,
): string | null | undefined {
  if (sessionId === undefined || verifySession === undefined) return sessionId;
  try {
    const answer = verifySession({ userId, sessionId, request }) as unknown;
    if (!types.isPromise(answer)) return answer === true ? sessionId : null;
    answer.catch(() => undefined);
    reporter.warnOnce(messages.callbackAsync('AnalyticsModule', 'verifySession'), 'verifySession');
  } catch (error) {
    reporter.warnOnce(messages.callbackThrew('AnalyticsModule', 'verifySession', errorType(error)), 'verifySession');
  }
  return null;
}

function sameAnswer(a: ResolvedIdentity | undefined, b: ResolvedIdentity | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.userId === b.userId &&
    a.sessionId === b.sessionId &&
    a.groups === b.groups &&
    a.properties === b.properties &&
    a.track === b.track
  );
}

function asId(id: unknown): string | undefined {
  if (typeof id === 'string') return id;
  return typeof id === 'number' || typeof id === 'bigint' ? String(id) : undefined;
}

function isObject(value: unknown): value is ResolvedIdentity {
  return typeof value === 'object' && value !== null;
}
