import { computed, effect, signal } from '@preact/signals';
import type { EventDetail } from '../../src/inbox/inbox-api.ts';
import { visibleRows } from './filters.ts';
import { allRows, boot, findRow, type Row } from './rows.ts';
import { fetchDetail } from './server.ts';

/** The row under the cursor, by its key; the one that the detail shows. */
export const cursor = signal<string | null>(null);
export const opened = signal<string | null>(null);

/** The tabs of the opened event. */
export const tabs = [
  { id: 'verdicts', label: 'What PostHog will do' },
  { id: 'properties', label: 'Properties' },
  { id: 'raw', label: 'Raw' },
] as const;
export type Tab = (typeof tabs)[number]['id'];
export const chosenTab = signal<Tab>('verdicts');

/** `gone`: the server does not have the event any more. */
export type DetailState =
  | { readonly kind: 'none' | 'loading' | 'gone' }
  | { readonly kind: 'shown'; readonly key: string; readonly detail: EventDetail };
export const detail = signal<DetailState>({ kind: 'none' });

/** Opened events that the server may have forgotten since. */
const remembered = new Map<string, EventDetail>();
const MOST_REMEMBERED = 50;

export function open(row: Row): void {
  cursor.value = row.key;
  opened.value = row.key;
}

/** Closes the event. The focus goes back to where it was opened: the button that may have it goes away. */
export function close(): void {
  // The row is looked for while it still says that it is open.
  const find = (selector: string) => document.querySelector<HTMLElement>(selector);
  const from = find('.node-row.is-open') ?? find('#events') ?? find('.conversation');
  opened.value = null;
  from?.focus();
}

/**
 * Moves the cursor by so many rows, to older ones where positive, as far as it goes. What it meets is opened if an event
 * is open.
 */
export function moveCursor(by: number): void {
  const rows = visibleRows.value;
  const place = rows.findIndex(({ key }) => key === cursor.value);
  const from = place === -1 && Number.isFinite(by) ? 0 : place + by;
  const next = rows[Math.min(Math.max(from, 0), rows.length - 1)];
  if (next === undefined) return;
  cursor.value = next.key;
  if (opened.value !== null) opened.value = next.key;
}

export const openedRow = computed<Row | undefined>(() => {
  void allRows.value;
  return opened.value === null ? undefined : findRow(opened.value);
});

/** What about the opened event can change its verdicts. */
const openedState = computed(() => {
  // A row's state is changed in place, so the row alone says nothing.
  void allRows.value;
  const row = openedRow.value;
  return row === undefined ? '' : `${row.state} ${row.reason ?? ''}`;
});

/** Loads the detail of whatever is opened, and again when its state changes. */
export function followOpened(): void {
  let asked: AbortController | undefined;
  effect(() => {
    const key = opened.value;
    void openedState.value;
    asked?.abort();
    if (key === null) {
      detail.value = { kind: 'none' };
      return;
    }
    asked = new AbortController();
    void load(key, asked.signal);
  });
}

async function load(key: string, signal: AbortSignal): Promise<void> {
  const shown = detail.peek();
  if (shown.kind !== 'shown' || shown.key !== key) {
    const known = remembered.get(key);
    detail.value = known === undefined ? { kind: 'loading' } : { kind: 'shown', key, detail: known };
  }
  const [ofBoot, seq] = key.split('.');
  const current = boot.peek();
  if (current !== null && ofBoot !== current) return goneUnlessRemembered(key);
  try {
    const loaded = await fetchDetail(Number(seq), signal);
    if (signal.aborted) return;
    remember(key, loaded);
    detail.value = { kind: 'shown', key, detail: loaded };
  } catch {
    if (!signal.aborted) goneUnlessRemembered(key);
  }
}

function goneUnlessRemembered(key: string): void {
  if (!remembered.has(key)) detail.value = { kind: 'gone' };
}

function remember(key: string, loaded: EventDetail): void {
  remembered.set(key, loaded);
  if (remembered.size > MOST_REMEMBERED) remembered.delete(remembered.keys().next().value as string);
}
