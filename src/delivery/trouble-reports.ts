import { messages } from '../event/messages.js';
import type { Message } from '../event/messages.js';
import type { Reporter } from '../event/reporter.js';
import type { Trouble } from './circuit.js';
import type { StoredEvent } from './event-store.js';
import { decodeEvent } from './wire-event.js';

/** Says once that one endpoint is in trouble, and once that it is over. */
export class TroubleReports {
  private readonly told = new Set<Trouble>();

  constructor(
    private readonly reporter: Reporter,
    private readonly destination: string,
  ) {}

  unreachable(error: string): void {
    this.begin('backoff', messages.deliveryBackoff(this.destination, error));
  }

  keyRefused(): void {
    this.begin('key_hold', messages.keyRefused(this.destination), 'error');
  }

  wrongEndpoint(error: string): void {
    this.begin('endpoint_hold', messages.wrongEndpoint(this.destination, error), 'error');
  }

  refusedAlone(error: string): void {
    this.begin('endpoint_hold', messages.refusedAlone(this.destination, error));
  }

  deadLetters(events: readonly StoredEvent[], error: string): void {
    for (const { json } of events) {
      const { event } = decodeEvent(json);
      this.reporter.warnOnce(messages.deadLetter(event, error), event);
    }
  }

  /** `waiting`: how many events had to wait for it. */
  over(waiting: number): void {
    for (const trouble of this.told) {
      this.reporter.troubleEnds(this.kindOf(trouble), messages.deliveryResumed(this.destination, waiting));
    }
    this.told.clear();
  }

  private begin(trouble: Trouble, message: Message, level?: 'warn' | 'error'): void {
    this.told.add(trouble);
    this.reporter.troubleBegins(this.kindOf(trouble), message, level);
  }

  private kindOf(trouble: Trouble): string {
    return `delivery:${trouble}:${this.destination}`;
  }
}
