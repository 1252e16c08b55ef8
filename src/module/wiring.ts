import type { AnalyticsCore } from '../capture/analytics-core.js';
import { EventCapture } from '../capture/event-capture.js';
import { ExceptionCapture } from '../capture/exception-capture.js';
import { RunEnds } from '../capture/run-ends.js';
import { Pipeline } from '../delivery/pipeline.js';
import { PostHogClients, type PostHogClientOptions } from '../delivery/posthog-client.js';
import { PostHogSender } from '../delivery/posthog-sender.js';
import type { EventStore } from '../delivery/event-store.js';
import { spoolDestination } from '../delivery/spool-destination.js';
import { SpoolStore } from '../delivery/spool-store.js';
import { createPreparer } from '../delivery/prepare-event.js';
import type { EventSink, SinkFacts } from '../delivery/event-sink.js';
import type { SinkRegistry } from '../delivery/sink-registry.js';
import { sinkName } from '../delivery/taps.js';
import { systemClock } from '../event/clock.js';
import { messages } from '../event/messages.js';
import { errorType } from '../event/redaction.js';
import type { Reporter } from '../event/reporter.js';
import type { Recording } from './recording.js';
import type { AnalyticsSettings } from './settings.js';

const dayMs = 24 * 60 * 60_000;

/** The parts of one application's analytics, put together. */
export interface Wiring {
  readonly posthog: PostHogClients;
  /** Absent where analytics is off. */
  readonly on:
    | {
        readonly core: AnalyticsCore;
        readonly pipeline: Pipeline;
        /** Whether events go to PostHog. */
        readonly ownsDelivery: boolean;
      }
    | undefined;
}

export function wire(
  settings: AnalyticsSettings,
  reporter: Reporter,
  recording: Recording | null,
  registry: SinkRegistry,
): Wiring {
  const { apiKey, enabled, host } = settings;
  const isOn = enabled && (recording !== null || apiKey !== undefined || !registry.isEmpty);
  const common = { host, clock: systemClock, reporter };
  if (!isOn) {
    return { posthog: new PostHogClients({ ...common, apiKey: undefined, record: () => undefined }), on: undefined };
  }
  // A recording takes PostHog's place: the key stays in the configuration, nothing goes to the network.
  const sender = recording === null && apiKey !== undefined ? new PostHogSender({ ...common, apiKey }) : undefined;
  const pipeline = new Pipeline({
    ...settings,
    store: sender && createStore(settings, reporter),
    prepare: createPreparer(settings, reporter),
    clock: systemClock,
    reporter,
    sender,
  });
  const capture = new EventCapture(settings, pipeline, systemClock, reporter);
  const exceptions: ExceptionCapture = new ExceptionCapture(capture, () => posthog.get());
  const posthog: PostHogClients = new PostHogClients({
    ...common,
    apiKey: recording === null ? apiKey : 'phc_recording',
    options: recording === null ? settings.posthog : { ...settings.posthog, fetch: answerNothing },
    record: (record) => pipeline.record(record),
    claim: (properties) => exceptions.claim(properties),
  });
  const { eventPrefix, posthogHeaders, catalog } = settings;
  const facts = { hasKey: sender !== undefined, host, eventPrefix, posthogHeaders, catalog };
  registry.connect((sink) => {
    tellFacts(sink, facts, reporter);
    pipeline.tap(sink);
  });
  recording?.attach(pipeline, settings);
  const core = { capture, delivery: pipeline, exceptions, runEnds: new RunEnds() };
  return { posthog, on: { core, pipeline, ownsDelivery: sender !== undefined } };
}

/** The spool, where it is asked for; `undefined`: the memory. */
function createStore(
  { spool, apiKey, host, ...settings }: AnalyticsSettings,
  reporter: Reporter,
): EventStore | undefined {
  if (spool === undefined) return undefined;
  const { maxAgeDays, ...rest } = spool;
  const memory = { events: settings.maxPending, bytes: settings.maxPendingBytes };
  const destination = spoolDestination(apiKey ?? '', host);
  return new SpoolStore({ ...rest, maxAgeMs: maxAgeDays * dayMs, destination, memory, clock: systemClock, reporter });
}

/** A sink that throws here still gets its events. */
function tellFacts(sink: EventSink, facts: SinkFacts, reporter: Reporter): void {
  try {
    sink.connected?.(facts);
  } catch (error) {
    reporter.warnOnce(messages.tapFailed(sinkName(sink), errorType(error)), sinkName(sink));
  }
}

/** What the client's requests for flags get while a test records. */
const answerNothing: NonNullable<PostHogClientOptions['fetch']> = () =>
  Promise.resolve({
    status: 200,
    text: () => Promise.resolve('{}'),
    json: () => Promise.resolve({}),
    headers: { get: () => null },
  });
