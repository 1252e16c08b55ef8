import type { Clock } from '../../event/clock.js';

/** What has begun and not ended, as the registry sees it. */
export interface OpenSpan {
  readonly key: unknown;
  finish(outcome: 'aborted' | 'abandoned', abortReason?: 'client_closed' | 'shutdown'): void;
}

/** How many ended ones can still be found, as parents of what ends after them. */
const KEPT_ENDED = 1_000;
/** How long something may be silent once its client has left; some frameworks never tell the end of that. */
const SILENT_WITHOUT_CLIENT_MS = 60_000;

/**
 * What agent frameworks have open: found by the framework's own ids, and bounded, since some of it never ends. Beyond
 * `maxOpen` roots, or an hour without a sign of life, the oldest are over as `abandoned`.
 */
export class OpenSpans<S extends OpenSpan> {
  private readonly byKey = new Map<unknown, S>();
  private readonly ended = new Map<unknown, S>();
  /** Roots by their last sign of life, the oldest first. */
  private readonly roots = new Map<S, number>();
  /** Likewise those whose client has left. */
  private readonly left = new Map<S, number>();

  constructor(
    private readonly clock: Clock,
    private readonly maxOpen = 10_000,
    private readonly maxIdleMs = 60 * 60_000,
  ) {}

  /** How many roots are open. */
  get size(): number {
    return this.roots.size;
  }

  opened(span: S, root: S): void {
    if (span.key !== undefined) this.byKey.set(span.key, span);
    this.alive(root, span === root);
    this.sweep();
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
    this.ended.set(span.key, span);
    if (this.ended.size > KEPT_ENDED) this.ended.delete(this.ended.keys().next().value);
  }

  find(key: unknown): S | undefined {
    return this.byKey.get(key) ?? this.ended.get(key);
  }

  /** Ends what is too old, or too much. */
  sweep(): void {
    const now = this.clock.monotonic();
    for (const [root, lastSeen] of this.left) {
      if (lastSeen > now - SILENT_WITHOUT_CLIENT_MS) break;
      root.finish('aborted', 'client_closed');
    }
    for (const [root, lastSeen] of this.roots) {
      if (lastSeen > now - this.maxIdleMs && this.roots.size <= this.maxOpen) break;
      root.finish('abandoned');
    }
  }

  /** Ends all of them: the process leaves. */
  finishAll(): void {
    for (const root of [...this.roots.keys()]) root.finish('aborted', 'shutdown');
    this.byKey.clear();
    this.ended.clear();
  }
}
