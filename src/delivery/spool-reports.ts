import { messages } from '../event/messages.js';
import type { Reporter } from '../event/reporter.js';
import type { LeftInstance } from '../spool/claim-instances.js';
import type { SpoolNotice } from '../spool/spool-record.js';

const failing = 'spool:failing';
const full = 'spool:full';

/** Says what befalls a spool: once when a trouble begins, once when it is over. */
export class SpoolReports {
  constructor(
    private readonly reporter: Reporter,
    private readonly dir: string,
    private readonly dropsOldest: boolean,
  ) {}

  /** It takes no events; the memory does. */
  failing(code: string): void {
    this.reporter.troubleBegins(failing, messages.spoolFailing(this.dir, code), 'error');
  }

  resumed(moved: number): void {
    this.reporter.troubleEnds(failing, messages.spoolResumed(this.dir, moved));
  }

  full(): void {
    this.reporter.troubleBegins(full, messages.spoolFull(this.dir, this.dropsOldest ? 'oldest' : 'newest'));
  }

  hasRoom(): void {
    this.reporter.troubleEnds(full, messages.spoolHasRoom(this.dir));
  }

  /** Reading failed (too many open files, say); it is tried again. */
  unreadable(code: string): void {
    this.reporter.warnOnce(messages.spoolUnreadable(this.dir, code), code);
  }

  left({ instance, reason }: LeftInstance): void {
    this.reporter.warnOnce(messages.spoolLeft(this.dir, instance, leftBecause[reason]), instance);
  }

  notice(notice: SpoolNotice): void {
    switch (notice.kind) {
      case 'damaged':
        return this.reporter.warnOnce(messages.spoolDamaged(this.dir, notice.count), notice.instance);
      case 'dropped':
        if (notice.reason === 'queue_full') return this.full();
        return this.reporter.warnOnce(messages.spoolExpired(this.dir));
      case 'claimed':
        return this.reporter.warnOnce(messages.spoolClaimed(this.dir, notice.count), notice.instance);
      case 'removed':
        return this.reporter.warnOnce(messages.spoolRemoved(this.dir, notice.count), notice.instance);
      case 'dead_letters_trimmed':
        return this.reporter.warnOnce(messages.deadLettersTrimmed(this.dir));
    }
  }
}

const leftBecause: Readonly<Record<LeftInstance['reason'], string>> = {
  foreign: 'they are for another key or host',
  newer: 'a newer version of the library wrote them',
  unreadable: 'they cannot be read',
};
