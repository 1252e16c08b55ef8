import { PostHog } from 'posthog-node';
import { Pipeline } from '../../src/delivery/pipeline.js';
import { PostHogSender } from '../../src/delivery/posthog-sender.js';
import { createPreparer } from '../../src/delivery/prepare-event.js';
import { imbalance } from '../../src/delivery/ledger.js';
import { spoolDestination } from '../../src/delivery/spool-destination.js';
import { SpoolStore, type SpoolStoreOptions } from '../../src/delivery/spool-store.js';
import type { Clock } from '../../src/event/clock.js';
import { Spoken } from '../support/spoken.js';
import type { DeliveryKind, Tally } from './row.js';
import { eventName } from './tally.js';

export const apiKey = 'phc_faults';

export interface SubjectOptions {
  readonly host: string;
  readonly dir: string;
  readonly clock: Clock;
  readonly apiKey?: string;
  readonly spool?: Partial<SpoolStoreOptions>;
  readonly maxPending?: number;
}

/** What is not as it should be about an event itself. */
export interface OddEvent {
  readonly event?: string;
  readonly distinctId?: string;
  readonly uuid?: string;
  /** Milliseconds since 1970. */
  readonly time?: number;
}

/** What stands between a captured event and the server, whichever delivery it is. */
export interface Subject {
  capture(n: number, properties?: Record<string, unknown>, odd?: OddEvent): void;
  /** Whether a request or a drain is under way. */
  readonly isMoving: boolean;
  /** Whether nothing is pending. */
  readonly isDone: boolean;
  /** Sends what can be sent within the time, and ends. */
  end(timeoutMs: number): Promise<void>;
  /** Events that wait beyond the end. */
  readonly kept: number;
  readonly told: Tally['told'];
  readonly codes: readonly string[];
  /** What of the books is not as it must be. */
  readonly wrong: string | undefined;
}

export function startSubject(kind: DeliveryKind, options: SubjectOptions): Subject {
  return kind === 'posthog-node' ? new PostHogByHand(options) : new OwnDelivery(kind, options);
}

const wire = {
  environment: 'test',
  source: 'chat_copilot',
  anonymousEvents: 'personless',
  eventPrefix: 'copilot_',
  captureNames: true,
  checkCatalog: false,
} as const;

/** Delivery as the module puts it together. */
export class OwnDelivery implements Subject {
  readonly pipeline: Pipeline;
  wrong: string | undefined;
  private readonly spoken = new Spoken();

  constructor(
    private readonly kind: 'memory' | 'spool',
    private readonly options: SubjectOptions,
  ) {
    const { clock, host, dir, spool, maxPending } = options;
    const key = options.apiKey ?? apiKey;
    const memory = { events: maxPending ?? 100_000, bytes: 64_000_000 };
    const common = { dir, destination: spoolDestination(key, host), memory, clock, reporter: this.spoken };
    this.pipeline = new Pipeline({
      prepare: createPreparer(wire, this.spoken, clock),
      clock,
      reporter: this.spoken,
      sender: new PostHogSender({ apiKey: key, host, clock }),
      store: kind === 'spool' ? new SpoolStore({ ...common, ...spool }) : undefined,
      ...(maxPending !== undefined && { maxPending }),
      onDrop: () => this.audit(),
    });
    this.pipeline.tap({ write: () => this.audit() });
  }

  capture(n: number, properties: Record<string, unknown> = {}, odd: OddEvent = {}): void {
    const copied = { ...properties, n } as never;
    const { event = eventName, time = this.options.clock.now(), distinctId, uuid } = odd;
    const common = { event, time, properties: copied, context: {} };
    // As the service records it, and as what POSTHOG_CLIENT captured, which brings its own person and uuid.
    if (uuid === undefined) this.pipeline.record({ ...common, userId: distinctId ?? 'u1' });
    else this.pipeline.record({ ...common, kind: 'plain', distinctId: distinctId ?? 'u1', uuid });
  }

  get isMoving(): boolean {
    this.audit();
    return this.pipeline.stats().pending.inFlight > 0;
  }

  get isDone(): boolean {
    return this.pipeline.stats().pending.total === 0;
  }

  async end(timeoutMs: number): Promise<void> {
    await this.pipeline.leave(timeoutMs);
    this.pipeline.close();
    this.audit();
  }

  get kept(): number {
    return this.pipeline.stats().pending.total;
  }

  get told(): number {
    const { refused, dropped, dead } = this.pipeline.stats();
    return [...Object.values(refused), ...Object.values(dropped)].reduce((sum, number) => sum + number, dead);
  }

  get codes(): readonly string[] {
    return this.spoken.codes;
  }

  private audit(): void {
    const stats = this.pipeline.stats();
    const out = imbalance(stats, stats.pending);
    if (out !== 0) this.wrong ??= `the books of ${this.kind} are out by ${out}`;
  }
}

/** posthog-node with its defaults, as its documentation has it. */
class PostHogByHand implements Subject {
  readonly isMoving = false;
  readonly isDone = false;
  readonly kept = 0;
  readonly codes = [];
  readonly wrong = undefined;
  told: 'some' | 'no' = 'no';
  private readonly client: PostHog;

  constructor({ host, apiKey: key = apiKey }: SubjectOptions) {
    this.client = new PostHog(key, { host });
    this.client.on('error', () => (this.told = 'some'));
  }

  capture(n: number, properties: Record<string, unknown> = {}, odd: OddEvent = {}): void {
    const { time, ...rest } = odd;
    const timestamp = time === undefined ? {} : { timestamp: new Date(time) };
    try {
      const event = { distinctId: 'u1', event: eventName, ...rest, ...timestamp };
      this.client.capture({ ...event, properties: { ...properties, n } });
    } catch {
      this.told = 'some';
    }
  }

  async end(timeoutMs: number): Promise<void> {
    await this.client.shutdown(timeoutMs).catch(() => (this.told = 'some'));
  }
}
