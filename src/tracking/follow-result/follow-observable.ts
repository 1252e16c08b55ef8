import { Observable, Subscriber } from 'rxjs';
import { contextStorage, currentFrame } from '../../context/context-storage.js';
import type { Frame } from '../../context/frame.js';
import { Executions, type FollowedCall } from './followed-call.js';
import { standIn } from './stand-in.js';

/** By shape, so that an application's own copy of rxjs counts. */
export function isObservable(value: object): value is Observable<unknown> {
  const { subscribe, lift } = value as { subscribe?: unknown; lift?: unknown };
  return typeof subscribe === 'function' && typeof lift === 'function';
}

/**
 * Watches an Observable: each subscription is an execution and does its work in the call's context, while what the
 * consumer does with a value stays in the consumer's.
 *
 * What is returned stands for the very Observable (a Subject stays one), but watches those who subscribe through it.
 */
export function followObservable(observable: Observable<unknown>, call: FollowedCall): Observable<unknown> {
  const followed = new Observable<unknown>((subscriber) => {
    const execution = executions.begin();
    const watching = new Watching(subscriber, execution, currentFrame());
    // The returned subscription is `watching` itself or leads to it; the subscriber's own end reaches both.
    return contextStorage.run(execution.frame, () => observable.subscribe(watching));
  });
  const stand = standIn(observable, 'subscribe', followed.subscribe.bind(followed), subscribing);
  if (stand === undefined) {
    call.cannotFollow();
    return observable;
  }
  const executions = new Executions(call);
  return stand;
}

/** What rxjs makes of `subscribe`. */
const subscribing: ReadonlySet<string> = new Set(['pipe', 'lift', 'forEach', 'toPromise', 'asObservable', 'refCount']);

/** Passes everything on, and ends with its destination, so that a synchronous source stops when the consumer does. */
class Watching extends Subscriber<unknown> {
  private last: unknown;
  private isOver = false;

  constructor(
    private readonly consumer: Subscriber<unknown>,
    private readonly call: FollowedCall,
    private readonly consumerFrame: Frame | undefined,
  ) {
    super(consumer);
  }

  protected override _next(value: unknown): void {
    this.last = value;
    this.call.chunk(value);
    contextStorage.run(this.consumerFrame, next, this.consumer, value);
  }

  protected override _error(error: unknown): void {
    this.isOver = true;
    this.call.threw(error);
    contextStorage.run(this.consumerFrame, () => super._error(error));
  }

  protected override _complete(): void {
    this.isOver = true;
    this.call.returned(this.last);
    contextStorage.run(this.consumerFrame, () => super._complete());
  }

  override unsubscribe(): void {
    if (!this.closed && !this.isOver) this.call.consumerLeft();
    super.unsubscribe();
  }
}

function next(consumer: Subscriber<unknown>, value: unknown): void {
  consumer.next(value);
}
