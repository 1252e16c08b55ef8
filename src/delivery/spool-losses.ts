import type { SpoolNotice, SpoolRecord } from '../spool/spool-record.js';
import type { StoredEvent, StoreLoss, StoreObserver } from './event-store.js';
import type { SpoolReports } from './spool-reports.js';
import { readSpooled } from './spooled-event.js';

/**
 * Translates the spool's notices for the books. The spool notifies in the middle of a call; its notices are passed on when
 * the call has finished.
 */
export class SpoolLosses {
  observer: StoreObserver | undefined;
  private readonly own = new Set<string>();
  private heardNow: SpoolNotice[] = [];
  private lostNow: StoreLoss[] = [];
  private depth = 0;

  constructor(private readonly reports: SpoolReports) {}

  /** This process writes to that folder. */
  owns(instance: string | null): void {
    if (instance !== null) this.own.add(instance);
  }

  isOwn(instance: string): boolean {
    return this.own.has(instance);
  }

  readonly heard = (notice: SpoolNotice): void => {
    this.heardNow.push(notice);
  };

  /** The bound of the spool did not let these in. */
  refused(events: readonly StoredEvent[]): void {
    this.reports.full();
    this.lostNow.push({ reason: 'queue_full', count: events.length, events, ownUnknown: 0 });
  }

  /** Records that are whole and yet no events. */
  strange(records: readonly SpoolRecord[]): void {
    if (records.length === 0) return;
    const ownUnknown = records.filter(({ instance }) => this.isOwn(instance)).length;
    this.lostNow.push({ reason: 'damaged', count: records.length, events: [], ownUnknown });
  }

  /** Does something with the spool, then passes on what that brought to light. */
  around<T>(act: () => T): T {
    this.depth++;
    try {
      return act();
    } finally {
      if (--this.depth === 0) this.passOn();
    }
  }

  private passOn(): void {
    const notices = this.heardNow.splice(0);
    const losses = [...this.lostNow.splice(0), ...notices.flatMap((notice) => this.lossOf(notice))];
    for (const notice of notices) {
      this.reports.notice(notice);
      if (notice.kind === 'claimed') this.observer?.handed(notice.count, notice.own);
    }
    if (losses.length > 0) this.observer?.lost(losses);
  }

  private lossOf(notice: SpoolNotice): StoreLoss[] {
    if (notice.kind === 'claimed' || notice.kind === 'dead_letters_trimmed') return [];
    const { kind, instance, count } = notice;
    const isOwn = this.isOwn(instance);
    const records = kind === 'dropped' ? notice.records : [];
    const events = records.map((record) => readSpooled(record, isOwn)).filter((event) => event !== undefined);
    const reason = kind === 'dropped' ? notice.reason : kind === 'removed' ? 'spool_removed' : 'damaged';
    const ownUnknown = kind === 'removed' ? notice.own : isOwn ? count - events.length : 0;
    return [{ reason, count, events, ownUnknown }];
  }
}
