import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { systemClock, type Clock } from '../../event/clock.js';
import { cutText } from '../visible-text.js';

/** The most names that are told apart of one kind; what comes under others is counted all the same. */
const MOST_NAMES = 500;
const LONGEST_NAME = 200;

/** How often, and when, something happened under one name. */
export interface NotedName {
  /** The event, where it is known. */
  readonly event: string | null;
  /** `Class.method`, where it is known. */
  readonly source: string | null;
  readonly count: number;
}

export interface Noted {
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** The most frequent first. */
  readonly names: readonly NotedName[];
}

/** Counts what delivery's channels say of calls and events, by kind and by name, in bounded memory. */
export class CallNotes {
  private readonly fired = new Set<string>();
  private readonly notes = new Map<string, Note>();
  private readonly stops: (() => void)[] = [];

  constructor(private readonly clock: Clock = systemClock) {}

  /** Begins to listen. The channels are the process's own. */
  listen(): void {
    this.on('accepted', ({ source }) => this.noteFired(source));
    this.on('refused', (told) => this.noteLoss('refused', told));
    this.on('dropped', (told) => this.noteLoss('dropped', told));
    this.on('untracked', ({ source, reason }) => this.note(`untracked:${text(reason) ?? ''}`, undefined, source));
  }

  close(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  /** Whether this method has told an event, or would have. */
  hasFired(where: string): boolean {
    return this.fired.has(where);
  }

  get hasAnyFired(): boolean {
    return this.fired.size > 0;
  }

  /** What was noted of `refused:<reason>`, `dropped:<reason>` or `untracked:<reason>`. */
  of(kind: string): Noted | undefined {
    return this.notes.get(kind)?.read();
  }

  /** The kinds of which something was noted. */
  get kinds(): string[] {
    return [...this.notes.keys()];
  }

  /** Notes it once more. */
  note(kind: string, event: unknown, source: unknown): void {
    const key = cutText(kind, LONGEST_NAME);
    let note = this.notes.get(key);
    if (note === undefined) {
      if (this.notes.size >= MOST_NAMES) return;
      note = new Note(this.clock.now());
      this.notes.set(key, note);
    }
    note.add(text(event), text(source), this.clock.now());
  }

  private noteLoss(what: string, { event, source, reason }: Told): void {
    this.noteFired(source);
    this.note(`${what}:${text(reason) ?? ''}`, event, source);
  }

  private noteFired(source: unknown): void {
    if (typeof source !== 'string' || source.length > 2 * LONGEST_NAME) return;
    if (this.fired.size < 10 * MOST_NAMES) this.fired.add(source);
  }

  private on(name: string, hear: (told: Told) => void): void {
    const channel = `nestjs-agent-analytics:${name}`;
    const listener = (message: unknown): void => hear(message ?? {});
    subscribe(channel, listener);
    this.stops.push(() => unsubscribe(channel, listener));
  }
}

interface Told {
  readonly event?: unknown;
  readonly source?: unknown;
  readonly reason?: unknown;
}

class Note {
  private readonly names = new Map<string, { event: string | null; source: string | null; count: number }>();
  private count = 0;
  private lastAt: number;

  constructor(private readonly firstAt: number) {
    this.lastAt = firstAt;
  }

  add(event: string | null, source: string | null, now: number): void {
    this.count++;
    this.lastAt = now;
    const key = `${event}\n${source}`;
    const known = this.names.get(key);
    if (known !== undefined) known.count++;
    else if (this.names.size < MOST_NAMES) this.names.set(key, { event, source, count: 1 });
  }

  read(): Noted {
    const { count, firstAt, lastAt } = this;
    const names = [...this.names.values()].sort((a, b) => b.count - a.count).map((name) => ({ ...name }));
    return { count, firstAt, lastAt, names };
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? cutText(value, LONGEST_NAME) : null;
}
