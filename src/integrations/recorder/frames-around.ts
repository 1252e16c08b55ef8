import type { Frame } from '../../context/frame.js';
import { RecordedRun } from './recorded-run.js';

/**
 * Whether nothing has answered yet in the request, socket message or job that a frame belongs to, which is its outermost
 * frame; from now on something has.
 */
export function isFirstAnswer(answered: WeakSet<Frame>, frame: Frame | undefined): boolean {
  let outermost = frame;
  while (outermost?.parent !== undefined) outermost = outermost.parent;
  if (outermost === undefined || answered.has(outermost)) return false;
  answered.add(outermost);
  return true;
}

/** Tells the runs around a frame that the first piece of an answer has come. */
export function firstToken(frame: Frame | undefined, at: number): void {
  for (let around = frame; around !== undefined; around = around.parent) {
    if (around.call instanceof RecordedRun) around.call.firstTokenAt ??= at;
  }
}
