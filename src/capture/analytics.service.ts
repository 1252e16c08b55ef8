import { currentFrame } from '../context/context-storage.js';
import type { AnalyticsStats, FlushResult } from '../delivery/delivery.js';
import type { EventSink } from '../delivery/event-sink.js';
import type { CaptureArguments, EventName } from '../event/catalog.js';
import { openRouterTracingFields, type OpenRouterTracingFields } from '../event/open-router.js';
import type { AnalyticsCore } from './analytics-core.js';
import type { CaptureOptions, EventDetails, Id } from './event-details.js';
import { noStats } from './no-stats.js';
import {
  recordAlias,
  recordGroup,
  recordIdentify,
  type AliasDetails,
  type GroupDetails,
  type IdentifyDetails,
} from './person-events.js';
import { ProductEvents } from './product-events.js';

/**
 * Product analytics by hand, where a decorator does not reach. Safe in any state: nothing here throws into the
 * application or makes it wait. Without a key, and without the inbox or a sink, analytics is off: no event, no timer, no
 * connection. With one of them events are made and shown, but none goes to the network.
 *
 * @example
 * constructor(private readonly analytics: AnalyticsService) {}
 * this.analytics.trackUserMessage({ userId, sessionId, messageLength: 42 });
 * this.analytics.capture('copilot_plan_upgraded', { plan: 'pro' });
 */
export class AnalyticsService extends ProductEvents {
  /** Made by `AnalyticsModule`. Made by hand without arguments, it is a service that is off. */
  constructor(core: () => AnalyticsCore | undefined = () => undefined) {
    super(core);
    bindMethods(this, [ProductEvents.prototype, AnalyticsService.prototype]);
  }

  /** Whether anything is recorded: there is a key, or a tap, and it was not switched off. */
  get enabled(): boolean {
    return this.core() !== undefined;
  }

  /**
   * Records an event of the application's own; the name goes out as it is, without the prefix. With a catalog
   * (`defineEvents` and `Register`) name and properties are typed.
   */
  capture<E extends EventName>(event: E, ...[properties, options]: CaptureArguments<E, CaptureOptions>): void {
    this.safely('capture', ({ capture }) => {
      const details: EventDetails = { ...options, properties: properties as EventDetails['properties'] };
      capture.moment(event, details, {});
    });
  }

  /**
   * Records an error as PostHog's `$exception`, with the context's person, trace and session. Messages are withheld
   * unless `captureErrorMessages` is on. It is built in the background: `flush()` waits for it.
   */
  captureException(error: unknown, details: EventDetails = {}): void {
    this.safely('captureException', ({ exceptions }) => exceptions.capture(error, details));
  }

  /** Tells PostHog who a user is, and joins the anonymous person of the chat session, if there was one. */
  identify(details: IdentifyDetails): void {
    this.safely('identify', ({ capture }) => recordIdentify(capture, details));
  }

  /** Tells PostHog that two ids are one person. */
  alias(details: AliasDetails): void {
    this.safely('alias', ({ capture }) => recordAlias(capture, details));
  }

  /** Sets the properties of a group (a company, a workspace). */
  group(details: GroupDetails): void {
    this.safely('group', ({ capture }) => recordGroup(capture, details));
  }

  /**
   * The fields that let OpenRouter attribute a chat completion to the same user and session; spread them into the
   * request's body. `{}` while analytics is off, without consent (`track: false`), and for a `provider` or `baseURL`
   * that is not OpenRouter's; without both, OpenRouter is assumed.
   */
  openRouterTracing(
    call: {
      userId?: Id | null | undefined;
      sessionId?: Id | null | undefined;
      provider?: string | undefined;
      baseURL?: string | undefined;
    } = {},
  ): OpenRouterTracingFields {
    let fields: OpenRouterTracingFields = {};
    this.safely('openRouterTracing', ({ capture }) => {
      const context = capture.valuesFor(currentFrame());
      if (context.track === false) return;
      fields = openRouterTracingFields({
        ...call,
        userId: call.userId ?? context.userId,
        sessionId: call.sessionId ?? context.sessionId,
        environment: capture.settings.environment,
      });
    });
    return fields;
  }

  /** Lets a sink see every event from now on, beside PostHog; the function returned takes it away. */
  tap(sink: EventSink): () => void {
    let remove = (): void => undefined;
    this.safely('tap', ({ delivery }) => {
      remove = delivery.tap(sink);
    });
    return remove;
  }

  /**
   * Resolves when all that was accepted before the call is delivered or dropped, or after `timeoutMs`, or at once
   * while delivery is held up; tells what remains. Never rejects.
   * @default timeoutMs 5000
   */
  async flush(options: { timeoutMs?: number | undefined } = {}): Promise<FlushResult> {
    const core = this.core();
    if (core === undefined) return { delivered: 0, pending: 0 };
    await core.exceptions.settled();
    return core.delivery.flush(options);
  }

  /** The books: what was accepted, refused, delivered, dropped and is pending, and how delivery fares. */
  stats(): AnalyticsStats {
    return this.core()?.delivery.stats() ?? noStats;
  }
}

/** Lets methods be handed on by themselves: `.catch(analytics.captureException)` must not throw for want of a `this`. */
function bindMethods(service: object, prototypes: readonly object[]): void {
  const methods = service as Readonly<Record<string, unknown>>;
  for (const name of prototypes.flatMap((prototype) => Object.getOwnPropertyNames(prototype))) {
    if (name === 'constructor' || name === 'enabled') continue;
    const value = (methods[name] as (...args: never[]) => unknown).bind(service);
    Object.defineProperty(service, name, { value, writable: true, configurable: true });
  }
}
