import type { BatchLimit } from './event-store.js';

/** After so many accepted requests a larger one is tried: what found the last one too large may be gone. */
const requestsUntilGrowth = 100;

/** How large the next batches of a lane may be: half of what was found too large, and twice that again after a while. */
export class BatchSize {
  limit: BatchLimit;
  private accepted = 0;

  constructor(private readonly most: BatchLimit) {
    this.limit = most;
  }

  /** A request with several events of so many bytes was answered by 413. */
  tooLarge(bytes: number): void {
    this.set(Math.min(this.limit.bytes, bytes / 2));
  }

  /** A request was accepted. */
  fits(): void {
    if (this.limit.bytes === this.most.bytes || ++this.accepted < requestsUntilGrowth) return;
    this.set(Math.min(this.limit.bytes * 2, this.most.bytes));
  }

  private set(bytes: number): void {
    this.limit = { ...this.most, bytes };
    this.accepted = 0;
  }
}
