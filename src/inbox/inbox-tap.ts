import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { EventDiagnostic } from '../delivery/event-diagnostics.js';
import type { EventSink, SinkFacts } from '../delivery/event-sink.js';
import type { AnalyticsEvent } from '../event/analytics-event.js';
import { systemClock, type Clock } from '../event/clock.js';
import { EventHistory } from './event-history.js';
import type { EventStore } from './event-store.js';
import type { Fate } from './stored-event.js';
import { defaultVerdictSettings, type VerdictSettings } from './verdicts/verdict-settings.js';
import { cutText } from './visible-text.js';

/** The most events of which delivery may speak before they come here. */
const MOST_EARLY = 2_000;
const LONGEST_SOURCE = 200;

/** What is known of an event beside the event. */
interface Known {
  fate: Fate;
  reason: string | null;
  source: string | null;
}

/** Takes every event into the store, and notes from delivery's channels what becomes of it. */
export class InboxTap implements EventSink {
  readonly history = new EventHistory();
  settings: VerdictSettings = defaultVerdictSettings;

  /** By uuid. The channels are the process's own: events of another application there never come. */
  private readonly early = new Map<string, Known>();
  private readonly stops: (() => void)[] = [];

  constructor(
    private readonly store: EventStore,
    private readonly clock: Clock = systemClock,
  ) {}

  connected(facts: SinkFacts): void {
    this.settings = facts;
  }

  write(events: readonly AnalyticsEvent[]): void {
    for (const event of events) {
      const known = this.early.get(event.uuid);
      this.early.delete(event.uuid);
      this.history.note(event);
      const stored = this.store.add(event, known?.source ?? null);
      if (known !== undefined) this.store.settle(stored, known.fate, known.reason, known.source);
    }
  }

  /** Notes what became of an event that was written; one that is gone is left alone. */
  settle(uuid: string, fate: Fate, reason: string | null = null): void {
    const stored = this.store.findOpen(uuid);
    if (stored !== undefined) this.store.settle(stored, fate, reason, null);
  }

  /** Begins to listen to delivery. */
  listen(): void {
    this.on('accepted', (diagnostic) => this.note(diagnostic, undefined));
    this.on('delivered', (diagnostic) => this.note(diagnostic, 'delivered'));
    this.on('held', (diagnostic) => this.note(diagnostic, 'held'));
    this.on('dropped', (diagnostic) => this.note(diagnostic, 'dropped'));
  }

  close(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  private on(state: string, hear: (diagnostic: EventDiagnostic) => void): void {
    const channel = `nestjs-agent-analytics:${state}`;
    const listener = (message: unknown): void => hear(message as EventDiagnostic);
    subscribe(channel, listener);
    this.stops.push(() => unsubscribe(channel, listener));
  }

  /** `fate` is absent where only the source is told. */
  private note(diagnostic: EventDiagnostic, fate: Fate | undefined): void {
    const { uuid, reason = null } = diagnostic;
    const source = diagnostic.source === undefined ? null : cutText(diagnostic.source, LONGEST_SOURCE);
    if (uuid === undefined) {
      if (fate === 'dropped') this.addStub(diagnostic.event, reason ?? 'unknown', source);
      return;
    }
    const stored = fate === undefined ? this.store.find(uuid) : this.store.findOpen(uuid);
    if (stored !== undefined) this.store.settle(stored, fate ?? stored.fate, fate ? reason : stored.reason, source);
    else this.noteEarly(uuid, fate, reason, source);
  }

  private noteEarly(uuid: string, fate: Fate | undefined, reason: string | null, source: string | null): void {
    const known = this.early.get(uuid);
    this.early.set(uuid, {
      fate: fate ?? known?.fate ?? 'pending',
      reason: fate === undefined ? (known?.reason ?? null) : reason,
      source: source ?? known?.source ?? null,
    });
    if (this.early.size > MOST_EARLY) this.early.delete(this.early.keys().next().value as string);
  }

  /** Dropped before it had a uuid, so no tap sees it: a row of its own says so. */
  private addStub(event: string | undefined, reason: string, source: string | null): void {
    const stub: AnalyticsEvent = {
      uuid: '',
      event: event === undefined || event === '' ? '(no name)' : cutText(event, LONGEST_SOURCE),
      distinctId: '',
      timestamp: new Date(this.clock.now()).toISOString(),
      properties: {},
      groups: {},
    };
    this.store.addStub(stub, reason, source);
  }
}
