import { createHash, randomUUID } from 'node:crypto';
import { codePointLength } from './message-length.js';
import { uuidV5 } from './uuid.js';

/** What is wrong with the user id that was given; the event goes out all the same. */
type UserIdTrouble = 'refused' | 'too_long' | 'wrong_type';

export interface UserId {
  /** `undefined`: there is no user. */
  readonly id: string | undefined;
  readonly trouble: UserIdTrouble | undefined;
}

export interface Person {
  readonly distinctId: string;
  /** `session`: known by a session or a browser's anonymous id; `random`: by nothing. */
  readonly kind: 'user' | 'session' | 'random';
  readonly trouble: UserIdTrouble | undefined;
}

/** What PostHog keeps of a distinct id, in characters. */
const keptCharacters = 200;
/** The longest id that goes out as it is where others set a limit; a longer one is hashed. */
export const longestClaimedId = 128;

// PostHog merges no person into these: many broken clients send them, and all their users would become one.
const refusedInAnyCase = new Set(
  withQuotes([
    'anonymous',
    'guest',
    'distinctid',
    'distinct_id',
    'id',
    'not_authenticated',
    'email',
    'undefined',
    'true',
    'false',
  ]),
);
const refusedInThisCase = new Set(withQuotes(['[object Object]', 'NaN', 'None', 'none', 'null', '0']));

/**
 * Who an event belongs to: the user, else the browser's anonymous id, else `anonymous_<session>` (the session
 * hashed if longer than 128 characters), else a random id; with a `dedupKey` the random id is made of it, so that
 * retellings agree on the person.
 */
export function resolvePerson(
  userId: unknown,
  anonymousId: unknown,
  sessionId: string | null,
  dedupKey: string | undefined,
): Person {
  const { id, trouble } = readUserId(userId);
  if (id !== undefined) return { distinctId: id, kind: 'user', trouble };

  const browser = readUserId(anonymousId);
  if (browser.id !== undefined && browser.trouble === undefined) {
    return { distinctId: browser.id, kind: 'session', trouble };
  }
  if (sessionId !== null) return { distinctId: anonymousIdOf(sessionId), kind: 'session', trouble };
  const distinctId = dedupKey === undefined ? randomUUID() : uuidV5(`person:${dedupKey}`);
  return { distinctId, kind: 'random', trouble };
}

/**
 * A user id as it goes out: a non-blank string as it is, numbers and bigints as strings, lone surrogates mended.
 * No user: `null`, `undefined`, blank, another type, and the ids that PostHog refuses.
 */
export function readUserId(userId: unknown): UserId {
  if (userId === undefined || userId === null) return noUser;
  const id = idText(userId);
  if (id === undefined) return { id, trouble: typeof userId === 'string' ? undefined : 'wrong_type' };
  if (isRefusedId(id)) return { id: undefined, trouble: 'refused' };
  const isLong = id.length > keptCharacters && codePointLength(id) > keptCharacters;
  return { id, trouble: isLong ? 'too_long' : undefined };
}

const noUser: UserId = { id: undefined, trouble: undefined };

/** A chat session's id as it goes out in `session_id`; `null` where there is none. */
export function readSessionId(sessionId: unknown): string | null {
  return idText(sessionId) ?? null;
}

/** The person of a session without a user: `anonymous_<session>`. */
export function anonymousIdOf(sessionId: string): string {
  const isLong = sessionId.length > longestClaimedId && codePointLength(sessionId) > longestClaimedId;
  return `anonymous_${isLong ? hashId(sessionId) : sessionId}`;
}

const aiIdForm = /^[A-Za-z0-9\-_~.@()!':|]+$/;

/** An id for `$ai_session_id` and `$ai_trace_id`: as it is if PostHog allows all its characters, else hashed. */
export function aiId(id: string): string {
  return aiIdForm.test(id) ? id : hashId(id);
}

/** A stable stand-in of 32 hexadecimal digits for an id that can't go out as it is. */
export function hashId(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 32);
}

export function isRefusedId(id: string): boolean {
  return refusedInThisCase.has(id) || refusedInAnyCase.has(id.toLowerCase());
}

function idText(id: unknown): string | undefined {
  if (typeof id === 'string') return id.trim() === '' ? undefined : id.toWellFormed();
  return typeof id === 'number' || typeof id === 'bigint' ? String(id) : undefined;
}

function withQuotes(ids: readonly string[]): string[] {
  return ids.flatMap((id) => [id, `'${id}'`, `"${id}"`]);
}
