/**
 * Every text that the library says to a developer, each with a stable code that is a heading in docs/errors.md.
 * Form: what happened, where, then what to do. No key, no user text.
 */
export interface Message {
  readonly code: `NAA${number}`;
  readonly text: string;
}

export const messages = {
  badSetting: (where: string, found: string, expected: string): Message => ({
    code: 'NAA001',
    text: `${where} is ${found}; expected ${expected}. Do this: correct it, or leave it out for the default.`,
  }),
  personalKey: (where: string): Message => ({
    code: 'NAA002',
    text: `${where} holds a personal API key (phx_…); events need the project's own key, which starts with phc_. Do this: copy the project API key from PostHog, Settings, Project, General; and revoke the personal one if it was ever shared.`,
  }),
  badKey: (where: string): Message => ({
    code: 'NAA003',
    text: `${where} is no project API key: it is not a text, or holds spaces or characters that no key has (its value is not shown). Do this: copy the key from PostHog, Settings, Project, General.`,
  }),
  unknownOption: (option: string, nearest: string | undefined): Message => ({
    code: 'NAA004',
    text: `AnalyticsModule has no option "${option}"${nearest === undefined ? '' : `; did you mean "${nearest}"?`} Do this: remove it, or see AnalyticsOptions for what there is.`,
  }),
  secondForRoot: (): Message => ({
    code: 'NAA005',
    text: `AnalyticsModule.forRoot() stands in this application more than once. Do this: import it once, in the root module; it is global.`,
  }),
  refusedPostHogOption: (option: string): Message => ({
    code: 'NAA006',
    text: `posthog.${option} is not taken: delivery is this library's. Do this: remove it; use beforeSend, flushIntervalMs, maxPending and the other options of AnalyticsModule.`,
  }),
  noOptionsFactory: (): Message => ({
    code: 'NAA007',
    text: `AnalyticsModule.forRootAsync() was given none of useFactory, useClass and useExisting. Do this: pass one of them.`,
  }),
  noForRoot: (): Message => ({
    code: 'NAA009',
    text: `AnalyticsModule was imported without forRoot(). Do this: import AnalyticsModule.forRoot() or AnalyticsModule.forRootAsync() in the root module.`,
  }),
  notBuiltYet: (variable: string): Message => ({
    code: 'NAA008',
    text: `${variable} is set, but this version delivers from memory only. Do this: remove it.`,
  }),
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
  callFailed: (method: string, errorName: string): Message => ({
    code: 'NAA107',
    text: `AnalyticsService.${method}() could not read what it was given (${errorName}), so nothing was recorded. Do this: pass the object that its type asks for.`,
  }),
  unusableId: (method: string): Message => ({
    code: 'NAA108',
    text: `AnalyticsService.${method}() was given an id that is blank, no text or number, or one of those under which PostHog merges nobody (null, undefined, anonymous, …), so nothing was recorded. Do this: pass the real id, and call it only where there is one.`,
  }),
  reservedProperty: (event: string, property: string): Message => ({
    code: 'NAA106',
    text: `${event}: the property "${property}" is set by the library and can't be overwritten; the value passed was left out. Do this: give yours another name.`,
  }),
  refusedUserId: (id: string): Message => ({
    code: 'NAA201',
    text: `The user id "${id}" was passed, which PostHog refuses as an identity; the event was sent as anonymous. Do this: pass null or nothing where no user is signed in.`,
  }),
  longUserId: (where: string): Message => ({
    code: 'NAA202',
    text: `${where}: the user id has more than 200 characters, of which PostHog keeps the first 200, so users may be merged. Do this: pass a shorter id.`,
  }),
  userIdType: (where: string, type: string): Message => ({
    code: 'NAA203',
    text: `${where}: the user id is of type ${type}, not a string, number or bigint; the event was sent as anonymous. Do this: pass the id as a string.`,
  }),
  unknownMessageLength: (where: string): Message => ({
    code: 'NAA204',
    text: `${where}: the text of the message was not found, so message_length is null. Do this: pass messageLength, or give the decorator a message(call) callback that returns the text.`,
  }),
  beforeSendThrew: (errorName: string): Message => ({
    code: 'NAA205',
    text: `beforeSend threw ${errorName}; the event was sent as it was before. Do this: make beforeSend safe for every event.`,
  }),
  beforeSendInvalid: (): Message => ({
    code: 'NAA206',
    text: 'beforeSend returned neither an event nor null; the event was dropped. Do this: return the event, or null to drop it, and make the function synchronous.',
  }),
  catalogViolation: (event: string, violation: string): Message => ({
    code: 'NAA207',
    text: `${event} is not as the catalog declares it: ${violation}. It was sent all the same. Do this: correct the call, or the catalog.`,
  }),
} as const;
