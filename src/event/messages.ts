import { counted } from './counted.js';

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
    text: `AnalyticsModule has no option "${option}"${nearest === undefined ? '.' : `; did you mean "${nearest}"?`} Do this: remove it, or see AnalyticsOptions for what there is.`,
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
  notBuiltYet: (variable: string): Message => ({
    code: 'NAA008',
    text: `${variable} is set, but this version delivers from memory or from a spool on disk only. Do this: remove it, or set ANALYTICS_SPOOL_DIR instead.`,
  }),
  noForRoot: (): Message => ({
    code: 'NAA009',
    text: `AnalyticsModule was imported without forRoot(). Do this: import AnalyticsModule.forRoot() or AnalyticsModule.forRootAsync() in the root module.`,
  }),
  spoolWithoutDir: (): Message => ({
    code: 'NAA010',
    text: `The delivery "spool" needs a folder, and none is set. Do this: set ANALYTICS_SPOOL_DIR (or spool.dir) to a folder that outlives the process.`,
  }),
  noOptions: (found: string): Message => ({
    code: 'NAA011',
    text: `The options of AnalyticsModule are ${found}, not an object. Do this: let the factory of forRootAsync() return an object; {} leaves everything to the environment.`,
  }),
  noContext: (where: string): Message => ({
    code: 'NAA101',
    text: `${where} was tracked outside any context, so its event has no user and no session. Do this: open one around the work with AnalyticsContext.run({ userId, sessionId }, fn), or put @UseInterceptors(AnalyticsInterceptor) on the handler that calls it.`,
  }),
  callbackThrew: (where: string, callback: string, errorName: string): Message => ({
    code: 'NAA102',
    text: `The ${callback} callback of ${where} threw ${errorName}; the event was sent without what it would have added. Do this: make the callback safe for everything that it may be given.`,
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
  callFailed: (method: string, errorName: string): Message => ({
    code: 'NAA107',
    text: `AnalyticsService.${method}() could not read what it was given (${errorName}), so nothing was recorded. Do this: pass the object that its type asks for.`,
  }),
  unusableId: (method: string): Message => ({
    code: 'NAA108',
    text: `AnalyticsService.${method}() was given an id that is blank, no text or number, or one of those under which PostHog merges nobody (null, undefined, anonymous, …), so nothing was recorded. Do this: pass the real id, and call it only where there is one.`,
  }),
  notAMethod: (decorator: string, where: string): Message => ({
    code: 'NAA110',
    text: `@${decorator} was put on ${where}, which is no method (an arrow-function field, an accessor, a property or a parameter). Do this: make it a method, or put the decorator on the method that it calls.`,
  }),
  trackedTwice: (decorator: string, where: string): Message => ({
    code: 'NAA111',
    text: `@${decorator} stands twice on ${where}, so each call would count twice. Do this: keep one of them.`,
  }),
  notOnAClass: (decorator: string, className: string): Message => ({
    code: 'NAA112',
    text: `@${decorator} was put on the class ${className}, but tracks single methods. Do this: put it on the method.`,
  }),
  standardDecorators: (decorator: string): Message => ({
    code: 'NAA113',
    text: `@${decorator} was called as a standard (TC39) decorator, which NestJS does not use. Do this: set "experimentalDecorators": true in tsconfig.json.`,
  }),
  badOutcome: (where: string): Message => ({
    code: 'NAA114',
    text: `The outcome callback of ${where} returned something that is not an outcome; it was ignored. Do this: return one of success, error, aborted, interrupted, step_limit, abandoned, queued.`,
  }),
  untrackedHandler: (where: string): Message => ({
    code: 'NAA115',
    text: `${where} runs outside an HTTP request, and its class injects something with tracked methods: what it calls has no user and no session, unless it opens a context itself. Do this: put @UseInterceptors(AnalyticsInterceptor) on it, or a @Track… decorator.`,
  }),
  beforeConfiguration: (): Message => ({
    code: 'NAA116',
    text: 'A tracked method was called before the ConfigModule had loaded, so before it was known where events go: that call was not recorded. Do this: call it from onModuleInit or later, or inject AnalyticsService where it is called, which waits for the ConfigModule.',
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
  emptyName: (where: string): Message => ({
    code: 'NAA208',
    text: `${where} recorded an event without a name, which PostHog refuses; it was dropped. Do this: pass the name first: capture('report_ready', { pages: 3 }).`,
  }),
  deliveryBackoff: (destination: string, error: string): Message => ({
    code: 'NAA301',
    text: `PostHog can't be reached at ${destination} (${error}); events are kept and sent again. Do this: nothing if it passes; otherwise check POSTHOG_HOST and the way from this machine to it.`,
  }),
  deliveryResumed: (destination: string, waiting: number): Message => ({
    code: 'NAA302',
    text: `PostHog accepts events again at ${destination}${waiting === 0 ? '' : `; ${counted(waiting, 'event')} that waited are being sent`}.`,
  }),
  keyRefused: (destination: string): Message => ({
    code: 'NAA303',
    text: `PostHog refused the key at ${destination} (HTTP 401); events are kept, and the key is tried every 10 minutes. Do this: check POSTHOG_API_KEY against the project's settings, and that POSTHOG_HOST is the region of that project.`,
  }),
  wrongEndpoint: (destination: string, error: string): Message => ({
    code: 'NAA304',
    text: `What answers at ${destination} is not PostHog (${error}); events are kept, and it is tried again. Do this: check POSTHOG_HOST, and the proxy or login page in between.`,
  }),
  refusedAlone: (destination: string, error: string): Message => ({
    code: 'NAA305',
    text: `An event was refused at ${destination} (${error}) where no other has been accepted since; it is kept until that tells a bad event from a bad endpoint. Do this: if this stays, check POSTHOG_HOST and the proxy in between.`,
  }),
  deadLetter: (event: string, error: string): Message => ({
    code: 'NAA306',
    text: `PostHog refused ${event} (${error}) while it accepted others, so that event was given up; onDrop had it. Do this: look at what the event carries; stats().dead counts such events.`,
  }),
  bufferFull: (events: number, bytes: number): Message => ({
    code: 'NAA307',
    text: `${counted(events, 'event')} (about ${Math.round(bytes / 1_000_000)} MB) are waiting, which is the limit; new events are refused until there is room. Do this: find out why they are not delivered, or raise maxPending and maxPendingBytes.`,
  }),
  bufferHasRoom: (): Message => ({
    code: 'NAA308',
    text: 'There is room for new events again.',
  }),
  queueFull: (): Message => ({
    code: 'NAA309',
    text: 'Events turned out larger than estimated, and the memory limit was reached, so some were dropped. Do this: find out why events are not delivered, or raise maxPendingBytes.',
  }),
  leftAtClose: (events: number): Message => ({
    code: 'NAA310',
    text: `Analytics closed with ${counted(events, 'event')} undelivered; they are dropped. Do this: call app.close() at the end of a script, and app.enableShutdownHooks() in an application; if PostHog could not be reached, see the lines before this, or raise shutdownTimeoutMs.`,
  }),
  tapFailed: (sink: string, errorName: string): Message => ({
    code: 'NAA311',
    text: `${sink} threw or rejected (${errorName}); delivery is not affected. Do this: make its methods handle their own errors.`,
  }),
  tapSlow: (sink: string): Message => ({
    code: 'NAA312',
    text: `${sink} can't keep up, so it missed some events; delivery is not affected. Do this: make its write() faster, or let it drop what it can't take.`,
  }),
  onDropThrew: (errorName: string): Message => ({
    code: 'NAA313',
    text: `The onDrop callback threw ${errorName}. Do this: make it handle its own errors.`,
  }),
  posthogClientFailed: (errorName: string): Message => ({
    code: 'NAA314',
    text: `An event of the posthog-node client could not be taken over (${errorName}), so it was not recorded. Do this: check the properties passed to its capture().`,
  }),
  spoolFailing: (dir: string, code: string): Message => ({
    code: 'NAA401',
    text: `The spool in ${dir} takes no events (${code}); they are kept in memory, up to maxPending, until it does. Do this: see that there is room on the disk, and that the process may write to the folder.`,
  }),
  spoolResumed: (dir: string, events: number): Message => ({
    code: 'NAA402',
    text: `The spool in ${dir} takes events again; ${events} that were kept in memory are in it now.`,
  }),
  spoolFull: (dir: string, which: string): Message => ({
    code: 'NAA403',
    text: `The spool in ${dir} is full, so the ${which} events are dropped. Do this: find out why events are not delivered, or raise ANALYTICS_SPOOL_MAX_BYTES.`,
  }),
  spoolHasRoom: (dir: string): Message => ({
    code: 'NAA404',
    text: `The spool in ${dir} has room again.`,
  }),
  spoolExpired: (dir: string): Message => ({
    code: 'NAA405',
    text: `Events in the spool in ${dir} exceeded the maximum age and were dropped. Do this: find out why they were not delivered, or raise ANALYTICS_SPOOL_MAX_AGE_DAYS.`,
  }),
  spoolDamaged: (dir: string, events: number): Message => ({
    code: 'NAA406',
    text: `${events} events in the spool in ${dir} were damaged and are lost; those before and after them are delivered. Do this: check the disk, and that nothing else writes into the folder.`,
  }),
  spoolRemoved: (dir: string, events: number): Message => ({
    code: 'NAA407',
    text: `The spool's folder in ${dir} was removed while it was used, and ${events} events with it; a new one was made. Do this: leave the folder to the application.`,
  }),
  spoolClaimed: (dir: string, events: number): Message => ({
    code: 'NAA408',
    text: `Another process took over the spool's folder in ${dir}, with ${events} events, because this one showed no sign of life for too long; a new one was made. Do this: find out what blocks the event loop.`,
  }),
  spoolLeft: (dir: string, instance: string, why: string): Message => ({
    code: 'NAA409',
    text: `Events that an earlier process left in ${dir} (${instance}) are not sent, because ${why}. Do this: run "npx nestjs-agent-analytics spool status" on the folder; it says what to do with them.`,
  }),
  spoolUnreadable: (dir: string, code: string): Message => ({
    code: 'NAA410',
    text: `The spool in ${dir} could not be read (${code}); it is tried again. Do this: nothing if it passes; otherwise check the limits of the process and the disk.`,
  }),
  deadLettersTrimmed: (dir: string): Message => ({
    code: 'NAA411',
    text: `There are more dead letters in ${dir} than are kept; the oldest were deleted. Do this: find out why PostHog refuses them, and replay them in time.`,
  }),
  inboxOption: (option: string, expected: string): Message => ({
    code: 'NAA501',
    text: `The option ${option} of AnalyticsInboxModule is not valid; expected ${expected}. Do this: correct it, or leave it out for the default.`,
  }),
  inboxInProduction: (): Message => ({
    code: 'NAA502',
    text: 'The inbox shows every event, and this application runs in production (NODE_ENV) without a guard for it. Do this: leave the module out there (enabled: false), or name who may see it: AnalyticsInboxModule.forRoot({ guard: AdminGuard }).',
  }),
  inboxWithoutAnalytics: (): Message => ({
    code: 'NAA503',
    text: 'AnalyticsInboxModule was imported without AnalyticsModule, so it would never see an event. Do this: import AnalyticsModule.forRoot() in the root module.',
  }),
  inboxWithoutServer: (): Message => ({
    code: 'NAA504',
    text: 'The inbox needs an HTTP server of Express or Fastify, and this application has none, so it is off. Do this: leave AnalyticsInboxModule out here.',
  }),
  standaloneInProduction: (): Message => ({
    code: 'NAA511',
    text: 'The stand-alone inbox shows every event that it is sent, and NODE_ENV is "production" here. Do this: start it on the machine where you develop, without NODE_ENV.',
  }),
  badForwardHost: (): Message => ({
    code: 'NAA512',
    text: "What to forward to is no address of PostHog's: it needs http:// or https://, a host that is not this inbox, no user and no query. Do this: pass https://us.i.posthog.com, https://eu.i.posthog.com or your own PostHog's address.",
  }),
  notForwarded: (host: string, events: number, why: string): Message => ({
    code: 'NAA513',
    text: `${events === 1 ? 'One event was' : `${events} events were`} shown, but not taken by ${host} (${why}); the inbox does not try again. Do this: see that PostHog can be reached from here, and send what matters once more.`,
  }),
  overlappingIntegrations: (first: string, second: string): Message => ({
    code: 'NAA601',
    text: `The integrations ${first} and ${second} would both see the same calls, and each would count twice; ${second} was left out. Do this: keep one of them; otel() stays beside others where it leaves their spans out: otel({ except: ['ai-sdk'] }).`,
  }),
  hookFailed: (hook: string, errorName: string): Message => ({
    code: 'NAA602',
    text: `${hook} could not read what its framework told it (${errorName}); the work itself is not affected, its analytics may be incomplete. Do this: check that the framework's version is one that this integration supports.`,
  }),
  integrationFailed: (integration: string, errorName: string): Message => ({
    code: 'NAA603',
    text: `The integration ${integration} could not be registered (${errorName}), so it reports nothing. Do this: check that its framework is installed, in a version that the integration supports.`,
  }),
  callBypassesIntegration: (integration: string, operation: string): Message => ({
    code: 'NAA604',
    text: `A call of ${operation}() has integrations of its own, which replace ${integration}, so it and its tools are not tracked. Do this: leave out its telemetry.integrations, and register those by registerTelemetry() instead.`,
  }),
  oldFramework: (integration: string, found: string, floor: string): Message => ({
    code: 'NAA605',
    text: `${integration} found ${found}, and needs ${floor} or newer: it reports less than there is, or nothing. Do this: upgrade it, or leave the integration out; decorators and AnalyticsService work beside any version.`,
  }),
  agentsSdkMissing: (reason: string): Message => ({
    code: 'NAA611',
    text: `openAiAgents() found no @openai/agents to listen to (${reason}), so it reports nothing. Do this: install it where the application runs, or hand its function over: openAiAgents({ addTraceProcessor }).`,
  }),
  agentsTracingOff: (): Message => ({
    code: 'NAA612',
    text: 'The tracing of @openai/agents is off (it is while NODE_ENV is "test", and with OPENAI_AGENTS_DISABLE_TRACING=1), so openAiAgents() reports nothing. Do this: call setTracingDisabled(false) of @openai/agents before the application starts; with setTraceProcessors([]) before it nothing goes to OpenAI.',
  }),
  langchainNotFound: (errorName: string): Message => ({
    code: 'NAA621',
    text: `langchain() found no @langchain/core to listen to (${errorName}), so it sees only runs that its handler is given to. Do this: install it where the application runs, or hand its class over: langchain({ CallbackManager }).`,
  }),
  notAnMcpServer: (): Message => ({
    code: 'NAA631',
    text: 'instrument() of mcp() was given something that is no MCP server that it knows, so the calls of its tools are not tracked. Do this: give it the server of @modelcontextprotocol/sdk 1.x or @modelcontextprotocol/server 2.x itself; with @rekog/mcp-nest, pass it as serverMutator.',
  }),
} as const;
