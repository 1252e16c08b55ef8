import { channel } from 'node:diagnostics_channel';
import type { AnalyticsEvent } from '../event/analytics-event.js';
import type { StoredEvent } from './event-store.js';
import { decodeEvent } from './wire-event.js';

/** What a subscriber of `nestjs-agent-analytics:<channel>` receives. */
export interface EventDiagnostic {
  /** Absent where the event was refused or dropped before it had one. */
  readonly uuid: string | undefined;
  readonly event: string | undefined;
  readonly state: 'accepted' | 'delivered' | 'dropped' | 'dead' | 'refused' | 'held';
  /** Why it was refused, dropped or held. */
  readonly reason?: string;
  /** `Class.method` that emitted it. */
  readonly source: string | undefined;
}

/** Tells what happens to each event on Node's `diagnostics_channel`; costs nothing while nobody subscribes. */
export class EventDiagnostics {
  private readonly channels = {
    accepted: channel('nestjs-agent-analytics:accepted'),
    delivered: channel('nestjs-agent-analytics:delivered'),
    dropped: channel('nestjs-agent-analytics:dropped'),
    refused: channel('nestjs-agent-analytics:refused'),
    held: channel('nestjs-agent-analytics:held'),
  };

  accepted({ uuid, event }: AnalyticsEvent, source: string | undefined): void {
    if (!this.channels.accepted.hasSubscribers) return;
    this.channels.accepted.publish({ uuid, event, state: 'accepted', source } satisfies EventDiagnostic);
  }

  refused(reason: string, event: string | undefined, source: string | undefined): void {
    if (!this.channels.refused.hasSubscribers) return;
    this.publish('refused', { uuid: undefined, event, state: 'refused', reason, source });
  }

  delivered(events: readonly StoredEvent[]): void {
    if (!this.channels.delivered.hasSubscribers) return;
    for (const stored of events) this.publish('delivered', { ...identityOf(stored), state: 'delivered' });
  }

  dropped(events: readonly StoredEvent[], state: 'dropped' | 'dead', reason: string): void {
    if (!this.channels.dropped.hasSubscribers) return;
    for (const stored of events) this.publish('dropped', { ...identityOf(stored), state, reason });
  }

  /** Dropped before it was prepared. */
  droppedEarly(event: string, source: string | undefined, reason: string): void {
    if (!this.channels.dropped.hasSubscribers) return;
    this.publish('dropped', { uuid: undefined, event, state: 'dropped', reason, source });
  }

  held(events: readonly StoredEvent[], reason: string): void {
    if (!this.channels.held.hasSubscribers) return;
    for (const stored of events) this.publish('held', { ...identityOf(stored), state: 'held', reason });
  }

  private publish(to: keyof EventDiagnostics['channels'], diagnostic: EventDiagnostic): void {
    this.channels[to].publish(diagnostic);
  }
}

function identityOf(stored: StoredEvent): Pick<EventDiagnostic, 'uuid' | 'event' | 'source'> {
  const { uuid, event } = decodeEvent(stored.json);
  return { uuid, event, source: stored.source };
}
