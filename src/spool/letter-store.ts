import type { LetterStore } from './dead-letters.js';
import type { Appended } from './spool-record.js';
import { asWriteError, SpoolWriteError } from './spool-write-error.js';

/** Appends replayed letters one by one, and stops at the first that is not taken. */
export function letterStore(append: (payload: Buffer, lane: number) => Appended): LetterStore {
  const failureOf = (payload: Buffer, lane: number): SpoolWriteError | null => {
    try {
      return append(payload, lane).stored === 1
        ? null
        : new SpoolWriteError('EFULL', 'the spool holds as much as it may');
    } catch (error) {
      return asWriteError(error);
    }
  };
  return (letters) => {
    for (const [index, { lane, payload }] of letters.entries()) {
      const failure = failureOf(payload, lane);
      if (failure) return { unstored: letters.slice(index), failure };
    }
    return { unstored: [], failure: null };
  };
}
