import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { AnalyticsContext, TrackAgentRun, type AnalyticsContextValues } from 'nestjs-agent-analytics';
import { shapes, shown, Tools, type Entry } from './tools.js';

/** A job of the batch workers: plain data, the context that queued it among them. */
interface Job {
  readonly run: Entry;
  readonly tools: readonly Entry[];
  readonly analytics: AnalyticsContextValues;
}

const WORKERS = 8;

@Injectable()
export class Work {
  private readonly jobs: Job[] = [];
  private readonly streams: { entry: Entry; stream: AsyncGenerator<number> }[] = [];
  private readonly background = new Set<Promise<unknown>>();
  private workers = 0;

  constructor(@Inject(Tools) private readonly tools: Tools) {}

  /** Calls one tool, in the shape that its number says, and consumes what it gives. */
  async call(entry: Entry): Promise<void> {
    const shape = shapes[entry.id % shapes.length] ?? 'promise';
    try {
      // Nothing stops a value.
      if (shape === 'promise' || (shape === 'value' && entry.ending === 'aborted')) await this.tools.promise(entry);
      else if (shape === 'value') this.tools.value(entry);
      else if (shape === 'observable') await this.subscribe(entry);
      else for await (const _ of this.tools[shape](entry)) if (entry.ending === 'aborted') break;
    } catch {
      // Planned.
    }
  }

  /** Hands the work to batch workers, which serve everybody; the first are started within somebody's request. */
  queue(run: Entry, tools: readonly Entry[]): void {
    this.jobs.push({ run, tools, analytics: AnalyticsContext.get() });
    if (this.workers < WORKERS) this.later(this.serve());
  }

  @TrackAgentRun(shown)
  async execute(run: Entry, tools: readonly Entry[]): Promise<void> {
    for (const tool of tools) await this.call(tool);
    if (run.ending === 'error') throw new RangeError('dry');
    if (run.ending === 'aborted') throw new DOMException('stopped', 'AbortError');
  }

  /** Makes a generator that somebody else's request reads. */
  leave(entry: Entry): void {
    const stream = this.tools.generator(entry);
    // Begun here: one that nobody has begun when its message is over counts as unconsumed.
    this.later(stream.next().then(() => this.streams.push({ entry, stream })));
  }

  /** Reads such a one, whoever made it. */
  async readOne(): Promise<void> {
    const left = this.streams.shift();
    if (left === undefined) return;
    try {
      for await (const _ of left.stream) {
        await nextTurn();
        if (left.entry.ending === 'aborted') return;
      }
    } catch {
      // Planned.
    }
  }

  later(work: Promise<unknown>): void {
    const done = work.catch(() => undefined).finally(() => this.background.delete(done));
    this.background.add(done);
  }

  /** Resolves when nothing is left to do. */
  async settled(): Promise<void> {
    while (this.streams.length > 0) await this.readOne();
    while (this.background.size > 0) await Promise.all(this.background);
    if (this.streams.length > 0) await this.settled();
  }

  private async serve(): Promise<void> {
    this.workers++;
    for (let job = this.jobs.shift(); job !== undefined; job = this.jobs.shift()) {
      const { run, tools, analytics } = job;
      await AnalyticsContext.run(analytics, () => this.execute(run, tools)).catch(() => undefined);
    }
    this.workers--;
  }

  private subscribe(entry: Entry): Promise<void> {
    return new Promise((resolve, reject) => {
      const subscription = this.tools.observable(entry).subscribe({
        next() {
          if (entry.ending !== 'aborted') return;
          subscription.unsubscribe();
          resolve();
        },
        error: reject,
        complete: resolve,
      });
    });
  }
}
