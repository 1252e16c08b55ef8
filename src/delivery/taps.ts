import type { AnalyticsEvent } from '../event/analytics-event.js';
import { messages } from '../event/messages.js';
import { errorType } from '../event/redaction.js';
import type { Reporter } from '../event/reporter.js';
import type { EventSink } from './event-sink.js';

/** A tap with more writes than this under way is left out until it has caught up. */
const mostWrites = 64;

/** The sinks that look on: each gets every prepared event once, and none of them can disturb anything. */
export class Taps {
  private readonly taps = new Set<Tap>();

  constructor(private readonly reporter: Reporter) {}

  /** Adds a sink; the function returned takes it away. What cannot write is left out, told once. */
  add(sink: EventSink): () => void {
    if (!canWrite(sink)) {
      this.reporter.warnOnce(messages.tapFailed(sinkName(sink), 'it has no write()'), sinkName(sink));
      return () => undefined;
    }
    const tap = new Tap(sink, this.reporter);
    this.taps.add(tap);
    return () => void this.taps.delete(tap);
  }

  write(events: readonly AnalyticsEvent[]): void {
    for (const tap of this.taps) tap.write(events);
  }
}

class Tap {
  private writes = 0;

  constructor(
    private readonly sink: EventSink,
    private readonly reporter: Reporter,
  ) {}

  write(events: readonly AnalyticsEvent[]): void {
    if (this.writes >= mostWrites) {
      this.reporter.warnOnce(messages.tapSlow(sinkName(this.sink)), sinkName(this.sink));
      return;
    }
    try {
      const written = this.sink.write(events);
      if (written !== undefined) this.follow(written);
    } catch (error) {
      this.tellFailed(error);
    }
  }

  private follow(written: Promise<void>): void {
    this.writes++;
    Promise.resolve(written).then(
      () => void this.writes--,
      (error: unknown) => {
        this.writes--;
        this.tellFailed(error);
      },
    );
  }

  private tellFailed(error: unknown): void {
    this.reporter.warnOnce(messages.tapFailed(sinkName(this.sink), errorType(error)), sinkName(this.sink));
  }
}

function canWrite(sink: EventSink | undefined | null): boolean {
  try {
    return typeof sink?.write === 'function';
  } catch {
    return false;
  }
}

/** What a message calls a sink, whatever stands in its place. */
export function sinkName(sink: EventSink | undefined | null): string {
  try {
    const name = (sink?.constructor as { readonly name?: unknown } | undefined)?.name;
    return typeof name === 'string' && name !== '' && name !== 'Object' ? name : 'A sink';
  } catch {
    return 'A sink';
  }
}
