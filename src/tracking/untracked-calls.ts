import { channel } from 'node:diagnostics_channel';
import type { CaptureTarget } from '../capture/capture-handle.js';
import { messages } from '../event/messages.js';
import type { TrackedMethod } from './tracked-methods.js';

/** What a subscriber of `nestjs-agent-analytics:untracked` receives. */
export interface UntrackedCall {
  /** `Class.method` */
  readonly source: string;
  /**
   * `unbound`: the object is no application's (made with `new`, or its module has no analytics), and no context names
   * one. `off`: its application's analytics is off, or over. `no_context`: it was tracked, for nobody.
   */
  readonly reason: 'unbound' | 'off' | 'no_context';
}

const untracked = channel('nestjs-agent-analytics:untracked');

/** On the hot path of calls that nobody tracks: while nobody listens it is one look at the channel. */
export function tellUntracked({ where }: TrackedMethod, reason: UntrackedCall['reason']): void {
  if (untracked.hasSubscribers) untracked.publish({ source: where, reason } satisfies UntrackedCall);
}

/** A call whose event has no user and no session. */
export function tellWithoutContext(method: TrackedMethod, target: CaptureTarget): void {
  if (method.isFirstWithoutContext(target)) target.reporter.warnOnce(messages.noContext(method.where));
  tellUntracked(method, 'no_context');
}
