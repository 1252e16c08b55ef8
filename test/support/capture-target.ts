import { Global, Module, type DynamicModule } from '@nestjs/common';
import { AiEvents } from '../../src/capture/ai-events.js';
import { CAPTURE_HANDLE, CaptureHandle, type CaptureTarget } from '../../src/capture/capture-handle.js';
import { OpenCalls } from '../../src/capture/open-calls.js';
import type { AnalyticsContextValues } from '../../src/context/context-values.js';
import { valuesOf } from '../../src/context/fill-values.js';
import type { Frame } from '../../src/context/frame.js';
import type { RefusalReason } from '../../src/delivery/delivery.js';
import type { EventRecord } from '../../src/delivery/event-record.js';
import { eventNames } from '../../src/event/built-in-events.js';
import { REQUEST_IDENTITIES, RequestIdentities } from '../../src/requests/request-identities.js';
import { Conditions } from './conditions.js';
import { FakeClock } from './fake-clock.js';
import { Spoken } from './spoken.js';

interface Settings {
  captureNames?: boolean;
  captureErrorMessages?: boolean;
  exposeTraceId?: boolean;
}

/** An application's analytics as a tracked call sees it, which keeps what it is given. */
export class CollectingTarget implements CaptureTarget {
  readonly names = eventNames('copilot_');
  readonly captureNames: boolean;
  readonly captureErrorMessages: boolean;
  readonly exposeTraceId: boolean;
  readonly clock = new FakeClock();
  readonly reporter = new Spoken();
  readonly openCalls = new OpenCalls(this.clock);
  readonly ai: AiEvents;
  readonly records: EventRecord[] = [];
  readonly refused: RefusalReason[] = [];
  readonly handle = new CaptureHandle();
  private readonly conditions = new Conditions();

  constructor({ captureNames = true, captureErrorMessages = false, exposeTraceId = false }: Settings = {}) {
    this.captureNames = captureNames;
    this.captureErrorMessages = captureErrorMessages;
    this.exposeTraceId = exposeTraceId;
    this.ai = new AiEvents(
      { traces: false, generations: 'ours', captureContent: new Set(), captureErrorMessages },
      (record) => this.record(record),
    );
    this.handle.target = this;
  }

  valuesFor(frame: Frame | undefined): AnalyticsContextValues {
    return frame === undefined ? {} : valuesOf(frame);
  }

  record(record: EventRecord): void {
    if (record.context.track === false) this.refuse('no_consent');
    else this.records.push(record);
    this.conditions.check();
  }

  /** Resolves when this event has been recorded. */
  async recorded(event: string): Promise<EventRecord> {
    await this.conditions.until(
      () => this.events.includes(event),
      () => this.events.join(', '),
      4_000,
    );
    return this.of(event)[0] as EventRecord;
  }

  refuse(reason: RefusalReason): void {
    this.refused.push(reason);
  }

  /** The names of what was recorded, in order. */
  get events(): string[] {
    return this.records.map((record) => record.event);
  }

  /** The one record so far; another number of them fails the test. */
  get only(): EventRecord {
    const [record, ...more] = this.records;
    if (record === undefined || more.length > 0) throw new Error(`recorded: ${this.events.join(', ') || 'nothing'}`);
    return record;
  }

  /** All properties of the one record, the measured ones winning. */
  get properties(): Record<string, unknown> {
    return { ...this.only.properties, ...this.only.measured };
  }

  of(event: string): EventRecord[] {
    return this.records.filter((record) => record.event === event);
  }

  /** The global module of an application that captures here. */
  get module(): DynamicModule {
    const identities = new RequestIdentities();
    const { handle, reporter } = this;
    identities.settings = { identity: undefined, verifySession: undefined, posthogHeaders: false, handle, reporter };
    return {
      module: CapturingModule,
      providers: [
        { provide: CAPTURE_HANDLE, useValue: handle },
        { provide: REQUEST_IDENTITIES, useValue: identities },
      ],
      exports: [CAPTURE_HANDLE, REQUEST_IDENTITIES],
    };
  }
}

@Global()
@Module({})
class CapturingModule {}
