import { expect, onTestFinished } from 'vitest';
import type { BatchSender } from '../../src/delivery/batch-sender.js';
import type { EventRecord } from '../../src/delivery/event-record.js';
import { imbalance } from '../../src/delivery/ledger.js';
import { Pipeline, type PipelineOptions } from '../../src/delivery/pipeline.js';
import { PostHogSender } from '../../src/delivery/posthog-sender.js';
import { createPreparer } from '../../src/delivery/prepare-event.js';
import { systemClock, type Clock } from '../../src/event/clock.js';
import { Conditions } from './conditions.js';
import type { PostHogServer } from './posthog-server.js';
import { Spoken } from './spoken.js';

export interface AuditedOptions extends Partial<Omit<PipelineOptions, 'reporter'>> {
  /** Where the real sender sends to. Absent, and no `sender`: taps only. */
  readonly server?: PostHogServer;
  /** @default 10,000 */
  readonly timeoutMs?: number;
  readonly apiKey?: string;
}

export interface Audited {
  readonly pipeline: Pipeline;
  readonly spoken: Spoken;
  /** Records this many events, `event_1`, `event_2`, … */
  readonly record: (count: number, properties?: EventRecord['properties']) => void;
  /** Resolves when the pipeline has dealt with the outcomes of so many requests. */
  readonly outcomes: (count: number) => Promise<void>;
  /** Resolves when nothing is recorded and no request is under way. */
  readonly quiet: () => Promise<void>;
}

/**
 * A pipeline as the module builds it. Its books are checked at every turn: before and after each request and each
 * timer, within `prepare`, taps and `onDrop`, and at the end of the test, when it is closed.
 */
export function auditedPipeline({ server, timeoutMs, apiKey = 'phc_test', ...options }: AuditedOptions = {}): Audited {
  const spoken = new Spoken();
  const conditions = new Conditions();
  let outcomesSeen = 0;
  const wrongs: unknown[] = [];
  const audit = () => {
    const stats = pipeline.stats();
    if (imbalance(stats, stats.pending) !== 0) wrongs.push({ stats, at: new Error().stack });
  };
  const onOutcome = () => {
    audit();
    outcomesSeen++;
    conditions.check();
  };
  const clock = auditedClock(options.clock ?? systemClock, audit);
  const sender =
    options.sender ??
    (server && new PostHogSender({ apiKey, host: server.url, clock, ...(timeoutMs !== undefined && { timeoutMs }) }));
  const prepare = options.prepare ?? createPreparer(plainSettings, spoken, clock);
  const pipeline = new Pipeline({
    ...options,
    clock,
    reporter: spoken,
    sender: sender && auditedSender(sender, audit, onOutcome),
    prepare: (record) => {
      audit();
      return prepare(record);
    },
    onDrop: (event, reason) => {
      audit();
      return options.onDrop?.(event, reason);
    },
  });
  pipeline.tap({ write: audit });
  onTestFinished(() => {
    audit();
    pipeline.close();
    audit();
    // A spool keeps what is pending.
    const { total, stored } = pipeline.stats().pending;
    expect(total).toBe(options.store ? stored : 0);
    expect(wrongs).toEqual([]);
  });
  let recorded = 0;
  const record = (count: number, properties: EventRecord['properties'] = {}) => {
    for (let i = 0; i < count; i++) pipeline.record(plainRecord(`event_${++recorded}`, clock.now(), properties));
    audit();
  };
  const outcomes = (count: number) =>
    conditions.until(
      () => outcomesSeen >= count,
      () => `${outcomesSeen} of ${count} outcomes`,
      10_000,
    );
  const quiet = () => {
    const moving = () => pipeline.stats().pending.inFlight + pipeline.stats().pending.recorded;
    return conditions.until(
      () => moving() === 0,
      () => `${moving()} events on their way`,
      10_000,
    );
  };
  return { pipeline, spoken, record, outcomes, quiet };
}

/** A record that goes out as it is. */
export function plainRecord(event: string, time = Date.now(), properties: EventRecord['properties'] = {}): EventRecord {
  return { kind: 'plain', event, time, properties, context: {}, distinctId: 'u1', source: 'Test.record' };
}

const plainSettings = {
  environment: 'test',
  source: 'chat_copilot',
  anonymousEvents: 'personless',
  eventPrefix: 'copilot_',
  captureNames: true,
  checkCatalog: false,
} as const;

function auditedClock(clock: Clock, audit: () => void): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    setTimer: (fn, ms) =>
      clock.setTimer(() => {
        audit();
        fn();
        audit();
      }, ms),
  };
}

function auditedSender(sender: BatchSender, audit: () => void, onOutcome: () => void): BatchSender {
  return {
    destination: (lane) => sender.destination(lane),
    close: () => sender.close(),
    send: (lane, events) => {
      audit();
      const outcome = sender.send(lane, events);
      // Behind the pipeline's own reaction to the outcome.
      void outcome.catch(() => undefined).then(() => setImmediate(onOutcome));
      return outcome;
    },
  };
}
