import { computed, signal } from '@preact/signals';
import type { DeliveryState, EventPage, EventSummary, FeedChange, StateChange } from '../../src/inbox/inbox-api.ts';

/** A row of the list; `boot` names the run of the server that it came from. State and reason are changed in place. */
export interface Row extends Omit<EventSummary, 'state' | 'reason'> {
  state: DeliveryState;
  reason: string | null;
  readonly boot: string;
  /** `<boot>.<seq>`: unique over restarts of the server. */
  readonly key: string;
}

/** Rows oldest first. The array is changed in place, 10,000 rows are too many to copy; `changes` says when. */
const rows: Row[] = [];
const changes = signal(0);
const byKey = new Map<string, Row>();
/** States that came before their row did: the stream is ahead while older pages are still read. */
const earlyStates = new Map<number, StateChange>();
let isComplete = false;

export const boot = signal<string | null>(null);
export const capacity = signal(10_000);
/** Whether events came and went while nobody listened. */
export const hasGap = signal(false);
/** While paused new rows wait here. */
export const isPaused = signal(false);
const waiting: Row[] = [];
const waitingChanges = signal(0);
export const waitingCount = computed(() => {
  void waitingChanges.value;
  return waiting.length;
});

/** All rows, oldest first; never change it. */
export const allRows = computed(() => {
  void changes.value;
  return { list: rows };
});

export function findRow(key: string): Row | undefined {
  void changes.value;
  return byKey.get(key);
}

/** Puts a page of older rows before all others. */
export function addPage(page: EventPage): void {
  capacity.value = page.capacity;
  boot.value ??= page.boot;
  const older = page.rows.map((row) => rowOf(row, page.boot)).filter((row) => !byKey.has(row.key));
  for (const row of older) {
    byKey.set(row.key, row);
    const early = earlyStates.get(row.seq);
    if (early !== undefined) setState(row, early);
  }
  rows.unshift(...older.reverse());
  changes.value++;
}

/** All pages have been read. */
export function completePages(): void {
  isComplete = true;
  earlyStates.clear();
}

/** Takes in a message of the stream. */
export function applyChange(change: FeedChange): void {
  if (change.clearedThrough > 0) drop((row) => row.boot !== change.boot || row.seq <= change.clearedThrough);
  boot.value = change.boot;
  if (change.hasGap) hasGap.value = true;
  const added = change.rows.map((row) => rowOf(row, change.boot)).filter((row) => !byKey.has(row.key));
  for (const state of change.states) applyState(change.boot, state);
  if (isPaused.value) {
    const known = new Set(waiting.map((row) => row.key));
    waiting.push(...added.filter((row) => !known.has(row.key)));
    if (waiting.length > capacity.value) waiting.splice(0, waiting.length - capacity.value);
    waitingChanges.value++;
  } else append(added);
  drop((row) => row.boot === change.boot && row.seq < change.oldest);
  changes.value++;
}

export function pause(): void {
  isPaused.value = true;
}

export function resume(): void {
  isPaused.value = false;
  append(waiting.splice(0));
  waitingChanges.value++;
  changes.value++;
}

function append(added: readonly Row[]): void {
  for (const row of added) {
    if (byKey.has(row.key)) continue;
    rows.push(row);
    byKey.set(row.key, row);
  }
  const excess = rows.length - capacity.value;
  if (excess > 0) for (const row of rows.splice(0, excess)) byKey.delete(row.key);
}

function drop(isGone: (row: Row) => boolean): void {
  for (const row of rows) if (isGone(row)) byKey.delete(row.key);
  keepOnly(rows, isGone);
  if (keepOnly(waiting, isGone)) waitingChanges.value++;
}

function keepOnly(list: Row[], isGone: (row: Row) => boolean): boolean {
  if (!list.some(isGone)) return false;
  list.splice(0, list.length, ...list.filter((row) => !isGone(row)));
  return true;
}

function applyState(ofBoot: string, change: StateChange): void {
  const key = keyOf(ofBoot, change[0]);
  const row = byKey.get(key) ?? waiting.find((paused) => paused.key === key);
  if (row !== undefined) setState(row, change);
  else if (!isComplete) earlyStates.set(change[0], change);
}

function setState(row: Row, [, state, reason]: StateChange): void {
  row.state = state;
  row.reason = reason;
}

function rowOf(summary: EventSummary, ofBoot: string): Row {
  return { ...summary, boot: ofBoot, key: keyOf(ofBoot, summary.seq) };
}

function keyOf(ofBoot: string, seq: number): string {
  return `${ofBoot}.${seq}`;
}
