import type { Id } from '../capture/event-details.js';
import type { AnalyticsContextValues } from '../context/context-values.js';
import type { Frame, IdentitySource } from '../context/frame.js';
import { askEarly } from './option-callbacks.js';
import type { TrackedCall } from './tracked-call.js';

/** Whom a call's decorators name; `undefined` where they don't, or not yet. */
export interface NamedPerson {
  readonly userId: Id | null | undefined;
  readonly sessionId: Id | null | undefined;
}

/** Asks before the body runs, so that what the call does inside belongs to the same person. */
export function askPerson(call: TrackedCall): NamedPerson {
  let userId: unknown;
  let sessionId: unknown;
  for (const { options } of call.trackings) {
    if (userId === undefined) userId = unlessBlank(askEarly(options, 'userId', call));
    if (sessionId === undefined) sessionId = unlessBlank(askEarly(options, 'sessionId', call));
  }
  return { userId, sessionId } as NamedPerson;
}

/** The context of the call's body: its own, for the person that was named. */
export function valuesForPerson(values: AnalyticsContextValues, named: NamedPerson): AnalyticsContextValues {
  const userId = asText(named.userId);
  const sessionId = asText(named.sessionId);
  return {
    ...values,
    ...(userId !== undefined && { userId }),
    ...(sessionId !== undefined && { sessionId }),
  };
}

/** Who is still to be asked for the user within the call: nobody where a decorator says that there is none. */
export function identityFor(named: NamedPerson | undefined, around: Frame | undefined): IdentitySource | undefined {
  return named?.userId === null ? undefined : around?.identity;
}

/** A blank id names nobody: the context's counts, for the call as for what it does inside. */
export function unlessBlank(id: unknown): unknown {
  return typeof id === 'string' && id.trim() === '' ? undefined : id;
}

function asText(id: unknown): string | null | undefined {
  if (typeof id === 'number' || typeof id === 'bigint') return String(id);
  return typeof id === 'string' || id === null ? id : undefined;
}
