/**
 * Every text that the library says to a developer, each with a stable code that is a heading in docs/errors.md.
 * Form: what happened, where, then what to do. No key, no user text.
 */
export interface Message {
  readonly code: `NAA${number}`;
  readonly text: string;
}

export const messages = {
  /** A tracked call without a frame. */
  noContext: (where: string): Message => ({
    code: 'NAA101',
    text: `${where} was tracked outside any context, so its event has no user and no session. Do this: open one around the work with AnalyticsContext.run({ userId, sessionId }, fn), or put @UseInterceptors(AnalyticsInterceptor) on the handler that calls it.`,
  }),
  callbackThrew: (where: string, callback: string, errorName: string): Message => ({
    code: 'NAA102',
    text: `The ${callback} callback of ${where} threw ${errorName}; the event was sent without what it would have added. Do this: make the callback safe for every result and error of the method.`,
  }),
  callbackAsync: (where: string, callback: string): Message => ({
    code: 'NAA103',
    text: `The ${callback} callback of ${where} returned a promise, which is not waited for. Do this: make the callback synchronous.`,
  }),
  lazyThenable: (where: string): Message => ({
    code: 'NAA104',
    text: `${where} returned a lazy thenable (a query builder, for example): its end can't be seen without starting it, so the event has no outcome and no duration. Do this: make the method async.`,
  }),
  secondIdentity: (what: 'userId' | 'sessionId'): Message => ({
    code: 'NAA105',
    text: `AnalyticsContext.set() was given a second, different ${what} for work that already has one; the first is kept. Do this: open a context of its own for each unit of work with AnalyticsContext.run().`,
  }),
  reservedProperty: (event: string, property: string): Message => ({
    code: 'NAA106',
    text: `${event}: the property "${property}" is set by the library and can't be overwritten; the value passed was left out. Do this: give yours another name.`,
  }),
} as const;
