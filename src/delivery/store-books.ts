import type { AsyncResource } from 'node:async_hooks';
import type { StoreLoss, StoreObserver } from './event-store.js';
import type { Ledger } from './ledger.js';

/** What is lost within one turn is held for `onDrop` up to this many bytes; the rest is only counted. */
const mostUntoldBytes = 16 * 1024 * 1024;

/** Enters into the books what happens in the store on its own. */
export class StoreBooks implements StoreObserver {
  private untold: StoreLoss[] = [];
  private untoldBytes = 0;

  constructor(
    private readonly ledger: Ledger,
    private readonly root: AsyncResource,
    /** Called when there may be something to send. */
    readonly changed: () => void,
  ) {}

  lost(losses: readonly StoreLoss[]): void {
    this.ledger.countLost(losses);
    // Later: the store is called while the books are between two entries, and `onDrop` may look at them.
    if (this.untold.length === 0) queueMicrotask(() => this.tell());
    for (const loss of losses) {
      if (this.untoldBytes > mostUntoldBytes) break;
      this.untold.push(loss);
      for (const { bytes } of loss.events) this.untoldBytes += bytes;
    }
  }

  handed(count: number, own: number): void {
    this.ledger.handOver(count, own);
  }

  adopted(events: number, replayed: number): void {
    this.ledger.adopted += events;
    this.ledger.replayed += replayed;
  }

  /** Tells now what is lost: at an exit nothing comes later. */
  tell(): void {
    const losses = this.untold.splice(0);
    this.untoldBytes = 0;
    if (losses.length > 0) this.root.runInAsyncScope(() => this.ledger.tellLost(losses));
  }
}
