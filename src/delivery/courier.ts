import type { Clock, TimerHandle } from '../event/clock.js';
import { errorType } from '../event/redaction.js';
import type { Reporter } from '../event/reporter.js';
import type { Batch } from './batch.js';
import type { BatchSender, SendOutcome } from './batch-sender.js';
import type { Circuit, Trouble } from './circuit.js';
import type { Lane } from './event-store.js';
import type { Ledger } from './ledger.js';
import type { Outbox } from './outbox.js';
import { TroubleReports } from './trouble-reports.js';

export interface CourierParts {
  readonly lane: Lane;
  readonly outbox: Outbox;
  readonly circuit: Circuit;
  readonly sender: BatchSender;
  readonly ledger: Ledger;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** How long fresh events wait for a batch to fill, milliseconds. */
  readonly flushIntervalMs: number;
  /** Whether more events are about to come in: then even who is waited for waits for its batch to fill. */
  readonly moreComes: () => boolean;
  /** Called after each answer, when the books are written. */
  readonly onAnswer: () => void;
}

/** Carries the batches of one lane to its endpoint, as docs/delivery.md, "What an answer means", says. */
export class Courier {
  /** While true, less than a full batch is sent too: somebody waits for it, or the process leaves. */
  pressing = false;
  private due = false;
  private leaving = false;
  private accepted = 0;
  private timer: TimerHandle | undefined;
  private closed = false;
  private readonly destination: string;
  private readonly reports: TroubleReports;

  constructor(private readonly parts: CourierParts) {
    this.destination = parts.sender.destination(parts.lane);
    this.reports = new TroubleReports(parts.reporter, this.destination);
  }

  get outbox(): Outbox {
    return this.parts.outbox;
  }

  get trouble(): Trouble | undefined {
    return this.parts.circuit.trouble;
  }

  /** Whether it has something that is on its way or will be without a wait. */
  get isMoving(): boolean {
    return this.trouble === undefined && this.hasPending;
  }

  /** Whether something can still come of what it has within so many milliseconds. */
  canMoveWithin(ms: number): boolean {
    if (!this.hasPending) return false;
    return this.outbox.inFlight.size > 0 || this.parts.circuit.waitMs <= ms;
  }

  /** Sends what may be sent now, and sees to it that the rest comes to its turn. */
  pump(): void {
    if (this.closed) return;
    const { outbox, circuit } = this.parts;
    const isUrgent = this.due || ((this.pressing || this.leaving) && !this.parts.moreComes());
    while (circuit.allows(outbox.inFlight.size)) {
      const partial = isUrgent || circuit.trouble !== undefined;
      const batch = outbox.next(this.accepted, partial);
      if (!batch) break;
      this.send(batch, circuit.trouble !== undefined);
    }
    if (outbox.freshEvents === 0) this.due = false;
    this.setTimer();
  }

  /** The process leaves: everything goes out as soon as it can. */
  leave(): void {
    this.leaving = true;
    this.parts.circuit.leave();
    this.pump();
  }

  /** Sends nothing more. Answers that still come are not looked at. */
  close(): void {
    this.closed = true;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private get hasPending(): boolean {
    return !this.closed && (this.outbox.inFlight.size > 0 || this.outbox.eventsWaiting > 0);
  }

  /** One timer at most, and none where an answer will come, or nothing waits. */
  private setTimer(): void {
    const { outbox, circuit, clock, flushIntervalMs } = this.parts;
    const isProbe = circuit.trouble !== undefined;
    if (outbox.eventsWaiting === 0 || (isProbe && outbox.inFlight.size > 0)) {
      this.timer?.cancel();
      this.timer = undefined;
      return;
    }
    // Fresh events keep the timer of the first of them; a probe's is set anew, as the wait has changed.
    if (isProbe) this.timer?.cancel();
    else if (this.timer !== undefined || !circuit.allows(outbox.inFlight.size)) return;
    this.timer = clock.setTimer(
      () => {
        this.timer = undefined;
        this.due = true;
        this.pump();
      },
      isProbe ? circuit.waitMs : flushIntervalMs,
    );
  }

  private send(batch: Batch, isProbe: boolean): void {
    const { sender, lane, ledger } = this.parts;
    if (batch.attempts++ > 0) ledger.retries++;
    void sender
      .send(lane, batch.events)
      .then((outcome) => this.settle(batch, outcome, isProbe))
      // Whatever goes wrong must not end the application: the batch comes to its turn again.
      .catch((error: unknown) => {
        this.settle(batch, { kind: 'retry', error: errorType(error) }, isProbe);
      })
      .catch(() => undefined);
  }

  private settle(batch: Batch, outcome: SendOutcome, wasProbe: boolean): void {
    if (this.closed) return;
    if ('error' in outcome) this.parts.ledger.lastError = `${outcome.error} (${this.destination})`;
    switch (outcome.kind) {
      case 'accepted':
        this.settleAccepted(batch);
        break;
      case 'retry':
        this.settleFailed(batch, outcome, wasProbe);
        break;
      case 'wrong_key':
        this.keep(batch, 'key_hold', wasProbe);
        this.reports.keyRefused();
        break;
      case 'wrong_endpoint':
        this.settleMisdirected(batch, outcome.error, wasProbe);
        break;
      case 'too_large':
        this.parts.outbox.tooLarge(batch);
        this.settleRefused(batch, outcome.error, wasProbe);
        break;
      case 'refused':
        this.settleRefused(batch, outcome.error, wasProbe);
    }
    this.parts.onAnswer();
    this.pump();
  }

  private settleAccepted(batch: Batch): void {
    const { outbox, ledger, circuit } = this.parts;
    this.accepted += batch.events.length;
    outbox.settle(batch);
    ledger.deliver(batch.events);
    circuit.succeeded();
    this.reports.over(outbox.eventsWaiting);
  }

  /**
   * It is the network or the server, unless that takes other batches time and again and not this one: then what it is that
   * fails is found, so that the rest is delivered. It is never given up: nobody has said that it is not accepted.
   */
  private settleFailed(batch: Batch, outcome: SendOutcome & { kind: 'retry' }, wasProbe: boolean): void {
    const { outbox, circuit } = this.parts;
    if (batch.failedNow(this.accepted, outcome.isBusy === true) && batch.events.length > 1) {
      outbox.split(batch);
      circuit.hurry();
    } else {
      this.keep(batch, 'backoff', wasProbe, outcome.retryAfterMs);
      this.reports.unreachable(outcome.error);
    }
  }

  /**
   * It is the endpoint that is wrong, unless that takes other batches time and again and not this one: a firewall on
   * the way refuses certain words, say.
   */
  private settleMisdirected(batch: Batch, error: string, wasProbe: boolean): void {
    if (batch.misdirectedNow(this.accepted)) {
      this.settleRefused(batch, error, wasProbe);
    } else {
      this.keep(batch, 'endpoint_hold', wasProbe);
      this.reports.wrongEndpoint(error);
    }
  }

  /** Something in it is not accepted: find it, and give it up only if the endpoint is known to accept others. */
  private settleRefused(batch: Batch, error: string, wasProbe: boolean): void {
    const { outbox, ledger, circuit } = this.parts;
    const isProven = batch.refusedAt !== undefined && this.accepted > batch.refusedAt;
    batch.refusedAt ??= this.accepted;
    if (batch.events.length > 1) {
      outbox.split(batch);
      circuit.hurry();
    } else if (isProven) {
      outbox.bury(batch, error);
      ledger.bury(batch.events);
      this.reports.deadLetters(batch.events, error);
      circuit.hurry();
    } else {
      batch.refusedAloneAt = this.accepted;
      this.keep(batch, 'endpoint_hold', wasProbe);
      this.reports.refusedAlone(error);
    }
  }

  private keep(batch: Batch, trouble: Trouble, wasProbe: boolean, retryAfterMs?: number): void {
    this.parts.outbox.putBack(batch);
    this.parts.circuit.failed(trouble, wasProbe, retryAfterMs);
    this.parts.ledger.hold(batch.events, trouble);
  }
}
