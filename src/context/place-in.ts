import type { Frame } from './frame.js';

/** Contexts opened in one another beyond this count as opened side by side. */
const DEEPEST = 100;

/**
 * What new work that begins in this frame lies in: the frame itself, unless its call is over and stands for nothing that
 * a call further out does not stand for too. Work that begins its successor (a poll by timers, a queue's next job) would
 * otherwise keep its whole chain of predecessors alive.
 *
 * On the hot path.
 */
export function placeIn(frame: Frame | undefined): Frame | undefined {
  let place = frame;
  while (place !== undefined && isSpent(place)) place = place.parent;
  if (place === undefined || place.depth < DEEPEST) return place;
  while (place.parent !== undefined && isBare(place)) place = place.parent;
  return place;
}

/** That there was a message, a run or a tool around it still counts for what comes later, and so does who left it. */
function isSpent({ call, parent }: Frame): boolean {
  if (call?.isOver !== true || call.leftBy !== undefined) return false;
  return kinds.every((kind) => !call[kind] || isWithin(parent, kind));
}

const kinds = ['tracksMessage', 'tracksRun', 'tracksTool'] as const;

function isWithin(frame: Frame | undefined, kind: (typeof kinds)[number]): boolean {
  for (let around = frame; around !== undefined; around = around.parent) if (around.call?.[kind] === true) return true;
  return false;
}

function isBare({ call, transport }: Frame): boolean {
  return call === undefined && transport === undefined;
}
