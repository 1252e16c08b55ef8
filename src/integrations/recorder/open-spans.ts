import type { Clock } from '../../event/clock.js';
import { RecentlyEnded } from './recently-ended.js';

/** What has begun and not ended, as the registry sees it. */
export interface OpenSpan {
  readonly key: unknown;
  /** Whether a model or a tool is at work in it. */
  readonly isAtWork: boolean;
  /** `at`: when it was over, monotonic milliseconds. @default now */
  finish(outcome: 'aborted' | 'abandoned', abortReason?: 'client_closed' | 'shutdown', at?: number): void;
}

/** How long something may be silent once its client has left; some frameworks never tell the end of that. */
const SILENT_WITHOUT_CLIENT_MS = 60_000;
/** Likewise while a model or a tool is at work: some tell nothing before its end, which clients await for ten minutes. */
const AT_WORK_WITHOUT_CLIENT_MS = 15 * 60_000;
/** Each begin looks for what is too old, but not more often than this. */
const SWEEP_MS = 1_000;

/**
 * What agent frameworks have open: found by the framework's own ids, and bounded, since some of it never ends. Beyond
 * `maxOpen` roots, or an hour without a sign of life, the oldest are over as `abandoned`. What is given up was over with
 * its last sign of life: nobody has seen it work after that.
 */
export class OpenSpans<S extends OpenSpan> {
  private readonly byKey = new Map<unknown, S>();
  private readonly ended: RecentlyEnded<S>;
  /** Roots by their last sign of life, the oldest first. */
  private readonly roots = new Map<S, number>();
  /** Likewise those whose client has left. */
  private readonly left = new Map<S, number>();
  private sweptAt = -Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly maxOpen = 10_000,
    private readonly maxIdleMs = 60 * 60_000,
  ) {
    this.ended = new RecentlyEnded(clock);
  }

  /** How many roots are open. */
  get size(): number {
    return this.roots.size;
  }

  opened(span: S, root: S): void {
    if (span.key !== undefined) this.byKey.set(span.key, span);
    this.alive(root, span === root);
    if (this.roots.size > this.maxOpen || this.clock.monotonic() >= this.sweptAt + SWEEP_MS) this.sweep();
  }

  /** Any sign of life beneath a root. */
  alive(root: S, isNew = false): void {
    const isOpen = this.roots.delete(root);
    if (!isOpen && !isNew) return;
    this.roots.set(root, this.clock.monotonic());
    if (this.left.delete(root)) this.clientLeft(root);
  }

  /** The client of an open root has left: unless it shows signs of life, it is over soon. */
  clientLeft(root: S): void {
    if (this.roots.has(root)) this.left.set(root, this.clock.monotonic());
  }

  closed(span: S): void {
    this.roots.delete(span);
    this.left.delete(span);
    if (span.key === undefined || this.byKey.get(span.key) !== span) return;
    this.byKey.delete(span.key);
    this.ended.add(span.key, span);
  }

  find(key: unknown): S | undefined {
    return this.byKey.get(key) ?? this.ended.find(key);
  }

  /** Ends what is too old, or too much, and forgets what has ended. */
  sweep(): void {
    const now = this.clock.monotonic();
    this.sweptAt = now;
    this.giveUpLeft(AT_WORK_WITHOUT_CLIENT_MS);
    for (const [root, lastSeen] of this.roots) {
      if (lastSeen > now - this.maxIdleMs && this.roots.size <= this.maxOpen) break;
      root.finish('abandoned', undefined, lastSeen);
    }
    this.ended.sweep();
  }

  /** Ends all of them: the process leaves. */
  finishAll(): void {
    this.giveUpLeft(SILENT_WITHOUT_CLIENT_MS);
    for (const root of [...this.roots.keys()]) root.finish('aborted', 'shutdown');
    this.byKey.clear();
    this.ended.clear();
  }

  private giveUpLeft(atWorkMs: number): void {
    const now = this.clock.monotonic();
    for (const [root, lastSeen] of this.left) {
      if (lastSeen > now - SILENT_WITHOUT_CLIENT_MS) break;
      if (lastSeen > now - atWorkMs && root.isAtWork) continue;
      root.finish('aborted', 'client_closed', lastSeen);
    }
  }
}
