/**
 * Watches heartbeats that lie in the future: another host's clock was wrong when it made them, or ours is. By their age
 * such an instance would live for years.
 */
export class HeartbeatWatch {
  readonly #monotonic: () => number;
  readonly #seen = new Map<string, { readonly heartbeat: number; readonly since: number }>();

  /** `monotonic` gives milliseconds that nobody sets. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Whether this heartbeat was seen first so long ago, and is the last one still. */
  isSilentFor(ms: number, instance: string, heartbeat: number): boolean {
    const seen = this.#seen.get(instance);
    if (seen?.heartbeat === heartbeat) return this.#monotonic() - seen.since >= ms;
    this.#seen.set(instance, { heartbeat, since: this.#monotonic() });
    return false;
  }

  /** Forgets all others. */
  keep(instances: readonly string[]): void {
    for (const instance of this.#seen.keys()) if (!instances.includes(instance)) this.#seen.delete(instance);
  }
}
