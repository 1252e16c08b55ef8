import { signal } from '@preact/signals';
import { leaveTimeline, pressTimelineKey } from './conversation/timeline-keys.ts';
import { clearFilters, isFiltered } from './filters.ts';
import { findRow, isPaused, pause, resume } from './rows.ts';
import { chosenTab, close, cursor, moveCursor, open, opened, tabs } from './selection.ts';
import { view } from './views.ts';

export const isHelpOpen = signal(false);

/** The keys, as the help lists them. */
export const keys: readonly (readonly [key: string, does: string])[] = [
  ['j, ↓', 'next event'],
  ['k, ↑', 'previous event'],
  ['Enter', 'open the event'],
  ['Esc', 'close, then clear the filters'],
  ['/', 'search'],
  ['p', 'pause or go on'],
  ['1, 2, 3', 'the tabs of the event'],
  ['?', 'this help'],
];

export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') return escape(event);
    if (isTyping(event.target)) return;
    if (view.value === 'conversations' && pressTimelineKey(event.key)) return event.preventDefault();
    const act = view.value === 'events' || everywhere.has(event.key) ? actions[event.key] : undefined;
    if (act === undefined || (event.target instanceof Element && !act(event.target))) return;
    event.preventDefault();
  });
}

/** The keys that do not speak of the list of events. */
const everywhere: ReadonlySet<string> = new Set(['p', '?']);

/** Each says whether it took the key. */
const actions: Readonly<Record<string, (target: Element) => boolean>> = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: (target) => isInList(target) && move(1),
  ArrowUp: (target) => isInList(target) && move(-1),
  PageDown: (target) => isInList(target) && move(15),
  PageUp: (target) => isInList(target) && move(-15),
  Enter(target) {
    const row = cursor.value === null ? undefined : findRow(cursor.value);
    if (row === undefined || !isInList(target)) return false;
    open(row);
    return true;
  },
  '/'() {
    document.getElementById('search')?.focus();
    return true;
  },
  p() {
    if (isPaused.value) resume();
    else pause();
    return true;
  },
  '?'() {
    isHelpOpen.value = !isHelpOpen.value;
    return true;
  },
  1: () => pressTab(0),
  2: () => pressTab(1),
  3: () => pressTab(2),
};

function escape(event: KeyboardEvent): void {
  if (isHelpOpen.value) isHelpOpen.value = false;
  else if (isTyping(event.target)) (event.target as HTMLElement).blur();
  else if (view.value === 'conversations') return leaveTimeline();
  else if (view.value !== 'events') return;
  else if (opened.value !== null) close();
  else if (isFiltered.value) clearFilters();
  document.getElementById('events')?.focus();
}

function move(by: number): boolean {
  moveCursor(by);
  return true;
}

function pressTab(place: number): boolean {
  const tab = tabs[place];
  if (tab === undefined || opened.value === null) return false;
  chosenTab.value = tab.id;
  return true;
}

/** Nothing has the focus, or the list has. */
function isInList(target: Element): boolean {
  return target === document.body || target.id === 'events';
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
  );
}
