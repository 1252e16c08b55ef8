import { computed, effect, signal } from '@preact/signals';
import { isWithin, readInterval } from './interval.ts';
import { allRows, boot, capacity, type Row } from './rows.ts';
import { searchText } from './server.ts';

/** What a row can be filtered by, beside the text; `time` is an interval. */
export const fields = ['event', 'person', 'session', 'outcome', 'state', 'tool', 'kind', 'time'] as const;
export type Field = (typeof fields)[number];
export type Filters = Readonly<Partial<Record<Field, string>>>;

export const filters = signal<Filters>({});
export const text = signal('');

/** `null`: everything matches. The server looks into whole events; the page knows rows only. */
const found = signal<ReadonlySet<string> | null>(null);

export const isFiltered = computed(() => text.value !== '' || Object.keys(filters.value).length > 0);

/** The rows to show, newest first. */
export const visibleRows = computed<readonly Row[]>(() => {
  const { list } = allRows.value;
  const tests = (Object.entries(filters.value) as [Field, string][]).map(([field, value]) => testOf(field, value));
  const matches = found.value;
  const visible: Row[] = [];
  for (let place = list.length - 1; place >= 0; place--) {
    const row = list[place];
    if (row === undefined || (matches !== null && !matches.has(row.key))) continue;
    if (tests.every((test) => test(row))) visible.push(row);
  }
  return visible;
});

function testOf(field: Field, value: string): (row: Row) => boolean {
  if (field !== 'time') return (row) => row[field] === value;
  const interval = readInterval(value);
  return interval === null ? () => true : (row) => isWithin(Date.parse(row.at), interval);
}

export function setFilter(field: Field, value: string | null): void {
  const { [field]: _old, ...others } = filters.value;
  filters.value = value === null || value === '' ? others : { ...others, [field]: value };
}

export function clearFilters(): void {
  filters.value = {};
  text.value = '';
}

/** The most values that a menu offers. */
const MOST_CHOICES = 200;

/** The values of a field that the rows have, the most recent first. */
export function choicesOf(field: Exclude<Field, 'time'>): string[] {
  const { list } = allRows.value;
  const values = new Set<string>();
  const chosen = filters.value[field];
  if (chosen !== undefined) values.add(chosen);
  for (let place = list.length - 1; place >= 0 && values.size < MOST_CHOICES; place--) {
    const value = list[place]?.[field];
    if (value != null && value !== '') values.add(value);
  }
  return [...values].sort((a, b) => a.localeCompare(b));
}

const TYPING_MS = 60;

/** Asks the server for the rows with the text, again for what comes while it stands. */
export function followText(): void {
  let asked: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let searched = { text: '', boot: '', through: 0 };

  const ask = async (): Promise<void> => {
    const wanted = text.value;
    asked?.abort();
    asked = new AbortController();
    // What was found is kept beyond what the list keeps: begin again before it grows for ever.
    const isFew = (found.value?.size ?? 0) < 2 * capacity.value;
    const isMore = searched.text === wanted && searched.boot === boot.value && isFew;
    try {
      const answer = await searchText(wanted, isMore ? searched.through : 0, asked.signal);
      searched = { text: wanted, boot: answer.boot, through: answer.through };
      const keys = answer.found.map((seq) => `${answer.boot}.${seq}`);
      if (!isMore) found.value = new Set(keys);
      else if (keys.length > 0) found.value = new Set([...(found.value ?? []), ...keys]);
    } catch {
      // The next keystroke, or the next event, asks again.
    }
  };

  effect(() => {
    const wanted = text.value;
    const newest = allRows.value.list.at(-1);
    clearTimeout(timer);
    if (wanted === '') {
      asked?.abort();
      searched = { text: '', boot: '', through: 0 };
      found.value = null;
      return;
    }
    const isKnown = searched.text === wanted && (newest === undefined || newest.seq <= searched.through);
    if (!isKnown) timer = setTimeout(() => void ask(), TYPING_MS);
  });
}
