import { close, opened } from '../selection.ts';
import { chosenSession } from './chosen-session.ts';

/** Moves the focus from one thing of the timeline to the next; says whether it took the key. */
export function pressTimelineKey(key: string): boolean {
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[key];
  if (step === undefined) return false;
  const rows = [...document.querySelectorAll<HTMLElement>('.node-row, .session')];
  const place = rows.findIndex((row) => row === document.activeElement);
  const next = rows[place === -1 ? 0 : Math.min(Math.max(place + step, 0), rows.length - 1)];
  if (next === undefined) return false;
  next.focus();
  return true;
}

/** Closes the event, then the conversation. */
export function leaveTimeline(): void {
  if (opened.value !== null) close();
  else chosenSession.value = null;
}
