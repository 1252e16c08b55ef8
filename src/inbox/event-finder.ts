import type { ServerResponse } from 'node:http';
import { systemClock, type Clock, type TimerHandle } from '../event/clock.js';
import { filterOf } from './event-filter.js';
import { searchEvents } from './event-search.js';
import type { EventView } from './event-view.js';
import type { FoundEvent, FoundEvents } from './inbox-api.js';
import type { StoredEvent } from './stored-event.js';

const programFields = ['event', 'person', 'session', 'outcome', 'text', 'wait', 'after', 'wire'] as const;
const LONGEST_WAIT_MS = 60_000;
const MOST_WAITING = 32;
const MOST_ROWS = 1_000;
/** Of whole events in one answer; at least one goes out. */
const MOST_BYTES = 16 * 1024 * 1024;
/** How long changes are gathered before they are looked through, in milliseconds. */
const GATHER_MS = 20;

/** Whether a request for events comes from a program, which wants them whole; the page asks for rows only. */
export function isForPrograms(query: URLSearchParams): boolean {
  return programFields.some((field) => query.has(field));
}

/** Answers what programs ask, and waits with them until there is something to say. */
export class EventFinder {
  private readonly waiting = new Set<() => void>();
  private gathering: TimerHandle | undefined;
  private isClosed = false;
  private readonly stop: () => void;

  constructor(
    private readonly view: EventView,
    private readonly clock: Clock = systemClock,
  ) {
    this.stop = view.store.onChange(() => this.gather());
  }

  /** The events that a query asks for; see `FoundEvents`. Ends early where the asker leaves. */
  async find(
    query: URLSearchParams,
    asker: Pick<ServerResponse, 'once' | 'off'>,
  ): Promise<FoundEvents | { refusal: { status: 400 | 503; text: string } }> {
    const waitMs = readWait(query.get('wait'));
    if (waitMs === undefined) return { refusal: { status: 400, text: 'wait is a time like 5s or 500ms.' } };
    if (waitMs > 0 && this.waiting.size >= MOST_WAITING) {
      return { refusal: { status: 503, text: 'Too many programs wait for events.' } };
    }
    const { store } = this.view;
    const filter = filterOf(query);
    const after = query.get('after') ?? undefined;
    const from = store.versionOf(after);
    let { found, through } = await searchEvents(store, filter, from);
    const deadline = this.clock.monotonic() + waitMs;
    while (found.length === 0 && !this.isClosed && this.clock.monotonic() < deadline) {
      if (!(await this.change(deadline, asker))) break;
      ({ found, through } = await searchEvents(store, filter, through));
    }
    return this.answer(found, through, readLimit(query.get('limit')), after !== undefined);
  }

  /** Ends all waiting: the application leaves. */
  close(): void {
    this.isClosed = true;
    this.stop();
    this.gathering?.cancel();
    for (const wake of this.waiting) wake();
  }

  private answer(found: readonly number[], through: number, limit: number, isOnward: boolean): FoundEvents {
    const { store } = this.view;
    const ordered = isOnward ? found : [...found].reverse();
    const stored = ordered.flatMap((seq) => store.get(seq) ?? []);
    const rows = wholeEvents(this.view, stored, limit);
    const hasMore = rows.length < stored.length;
    const last = rows.at(-1)?.seq;
    return {
      boot: store.boot,
      version: isOnward && hasMore && last !== undefined ? last : through,
      capacity: store.maxEvents,
      total: found.length,
      rows,
      hasMore,
    };
  }

  /** Resolves after the next change, at the deadline, or when the asker leaves, which is `false`. */
  private change(deadline: number, asker: Pick<ServerResponse, 'once' | 'off'>): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (isThere: boolean): void => {
        this.waiting.delete(wake);
        timer.cancel();
        asker.off('close', leave);
        resolve(isThere);
      };
      const wake = (): void => settle(true);
      const leave = (): void => settle(false);
      const timer = this.clock.setTimer(wake, deadline - this.clock.monotonic());
      this.waiting.add(wake);
      asker.once('close', leave);
    });
  }

  private gather(): void {
    if (this.waiting.size === 0 || this.gathering !== undefined) return;
    this.gathering = this.clock.setTimer(() => {
      this.gathering = undefined;
      for (const wake of [...this.waiting]) wake();
    }, GATHER_MS);
  }
}

/** As many of these whole as one answer holds. */
export function wholeEvents(view: EventView, events: readonly StoredEvent[], limit: number): FoundEvent[] {
  const rows: FoundEvent[] = [];
  let bytes = 0;
  for (const stored of events.slice(0, limit)) {
    bytes += stored.bytes;
    if (bytes > MOST_BYTES && rows.length > 0) break;
    rows.push(view.whole(stored));
  }
  return rows;
}

/** What is no count of rows counts as none given. */
function readLimit(text: string | null): number {
  const limit = Number(text);
  return Number.isSafeInteger(limit) && limit > 0 ? Math.min(limit, MOST_ROWS) : 100;
}

/** In milliseconds; 0 where there is none, `undefined` where it is malformed. A bare number is seconds. */
function readWait(text: string | null): number | undefined {
  if (text === null || text === '') return 0;
  const [, amount, unit] = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s)?$/.exec(text) ?? [];
  if (amount === undefined) return undefined;
  return Math.min(Number(amount) * (unit === 'ms' ? 1 : 1_000), LONGEST_WAIT_MS);
}
