import { signal } from '@preact/signals';
import { leaveTimeline, pressTimelineKey } from './conversation/timeline-keys.ts';
import { clearFilters, isFiltered } from './filters.ts';
import { keep, kept } from './kept.ts';
import { findRow, isPaused, pause, resume } from './rows.ts';
import { chosenTab, close, cursor, moveCursor, open, opened, tabs } from './selection.ts';
import { view } from './views.ts';

export const isHelpOpen = signal(false);

const KEPT = 'inbox-single-keys';

/** Whether a single character is a key: whoever dictates speaks many that are not meant so (WCAG 2.1.4). */
export const areSingleKeysOn = signal(kept(KEPT) !== 'off');

export function switchSingleKeys(isOn: boolean): void {
  areSingleKeysOn.value = isOn;
  keep(KEPT, isOn ? 'on' : 'off');
}

/** What the help lists: keys of a single character, all others, and what both do. */
const helped: readonly (readonly [single: string, others: string, does: string])[] = [
  ['j', '↓', 'next event'],
  ['k', '↑', 'previous event'],
  ['', 'Home, End', 'newest event, oldest event'],
  ['', 'Enter, Space', 'open the event'],
  ['', 'Esc', 'close, then clear the filters'],
  ['/', '', 'search'],
  ['p', '', 'pause or go on'],
  ['1, 2, 3', '', 'the tabs of the event'],
  ['?', '', 'this help'],
];

/** The keys that do something now. */
export function keysInUse(): [keys: string, does: string][] {
  return helped.flatMap(([single, others, does]) => {
    const keys = [areSingleKeysOn.value ? single : '', others].filter((key) => key !== '').join(', ');
    return keys === '' ? [] : [[keys, does]];
  });
}

/** A button's title with its key, where that does something. */
export function withKey(title: string, key: string): string {
  return areSingleKeysOn.value ? `${title} (${key})` : title;
}

export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    // The help is modal, and closes by itself: nothing is done behind it.
    if (event.ctrlKey || event.metaKey || event.altKey || isHelpOpen.value) return;
    if (event.key === 'Escape') return escape(event);
    if (isTyping(event.target) || (isSingle(event.key) && !areSingleKeysOn.value)) return;
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
  Home: (target) => isInList(target) && move(-Infinity),
  End: (target) => isInList(target) && move(Infinity),
  Enter: (target) => isInList(target) && openCursor(),
  ' ': (target) => isInList(target) && openCursor(),
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
    isHelpOpen.value = true;
    return true;
  },
  1: () => pressTab(0),
  2: () => pressTab(1),
  3: () => pressTab(2),
};

function escape(event: KeyboardEvent): void {
  if (isTyping(event.target)) (event.target as HTMLElement).blur();
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

function openCursor(): boolean {
  const row = cursor.value === null ? undefined : findRow(cursor.value);
  if (row === undefined) return false;
  open(row);
  return true;
}

function pressTab(place: number): boolean {
  const tab = tabs[place];
  if (tab === undefined || opened.value === null) return false;
  chosenTab.value = tab.id;
  return true;
}

/** Space works on what has the focus only, as Enter does. */
function isSingle(key: string): boolean {
  return key.length === 1 && key !== ' ';
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
