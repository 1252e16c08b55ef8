import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { TrackToolCall } from 'nestjs-agent-analytics';
import { from, type Observable } from 'rxjs';
import type { CallEnding } from './call-book.js';

/** One call, as the book has it. */
export interface Entry {
  readonly id: number;
  readonly ending: CallEnding;
}

/** What the book finds an event's call by. */
const told = ({ args: [entry] }: { args: readonly [Entry, ...unknown[]] }) => ({ call_id: Number(entry.id) });
export const shown = { properties: told, errorProperties: told };

export const shapes = ['value', 'promise', 'generator', 'observable', 'readable'] as const;

@Injectable()
export class Tools {
  @TrackToolCall(shown)
  value(entry: Entry): number {
    if (entry.ending === 'error') throw new RangeError('dry');
    return entry.id;
  }

  @TrackToolCall(shown)
  async promise(entry: Entry): Promise<number> {
    await nextTurn();
    if (entry.ending === 'error') throw new RangeError('dry');
    if (entry.ending === 'aborted') throw new DOMException('stopped', 'AbortError');
    return entry.id;
  }

  @TrackToolCall(shown)
  async *generator(entry: Entry): AsyncGenerator<number> {
    yield* steps(entry);
  }

  @TrackToolCall(shown)
  observable(entry: Entry): Observable<number> {
    return from(steps(entry));
  }

  @TrackToolCall(shown)
  readable(entry: Entry): Readable {
    return Readable.from(steps(entry));
  }
}

async function* steps({ ending }: Entry): AsyncGenerator<number> {
  for (let step = 0; step < 2; step++) {
    await nextTurn();
    yield step;
  }
  if (ending === 'error') throw new RangeError('dry');
  // Its consumer leaves before this.
  if (ending === 'aborted') for (;;) yield 0;
}
