import type { Clock } from '../../event/clock.js';

/** How many are kept at most. */
const KEPT = 1_000;
/** LangChain ends what was aborted up to a second after what it lies in; a busy process may take longer. */
const KEPT_MS = 10_000;

/**
 * What has ended and can still be found for a while, as a parent of what begins or ends after it. Not for longer, since
 * it holds on to the request that it belonged to.
 */
export class RecentlyEnded<V> {
  private readonly entries = new Map<unknown, { readonly value: V; readonly at: number }>();

  constructor(private readonly clock: Clock) {}

  add(key: unknown, value: V): void {
    this.sweep();
    this.entries.delete(key);
    this.entries.set(key, { value, at: this.clock.monotonic() });
    if (this.entries.size > KEPT) this.entries.delete(this.entries.keys().next().value);
  }

  find(key: unknown): V | undefined {
    return this.entries.get(key)?.value;
  }

  /** Forgets what has ended too long ago. */
  sweep(): void {
    const oldest = this.clock.monotonic() - KEPT_MS;
    for (const [key, { at }] of this.entries) {
      if (at > oldest) return;
      this.entries.delete(key);
    }
  }

  clear(): void {
    this.entries.clear();
  }
}
