import type { Frame } from '../context/frame.js';

/** A lazy result that waits for its consumer, until the work around it is over. */
export class Waiting {
  private constructor(
    private readonly frame: Frame,
    private readonly giveUp: () => void,
  ) {
    frame.whenClosed(giveUp);
  }

  /** `undefined` where nothing around it ever ends: there is no context. */
  static within(frame: Frame | undefined, giveUp: () => void): Waiting | undefined {
    const place = placeOf(frame);
    return place === undefined ? undefined : new Waiting(place, giveUp);
  }

  isOver(): void {
    this.frame.onClose?.delete(this.giveUp);
  }
}

/**
 * The frame of the outermost tracked call that still runs, because what a tool returns may be handed on by the run
 * around it and consumed later in the message; else the frame that the call was made in.
 */
function placeOf(frame: Frame | undefined): Frame | undefined {
  let place = frame;
  for (let around = frame; around !== undefined; around = around.parent) {
    if (around.call?.isOver === false) place = around;
  }
  return place;
}
