import type { VerdictLevel } from './inbox-api.js';

const fromGoodToBad: readonly VerdictLevel[] = ['good', 'note', 'warn', 'bad'];

interface Levelled {
  readonly level: VerdictLevel;
}

/** The worst of the levels; `good` where there is none. */
export function worstLevel(given: readonly Levelled[]): VerdictLevel {
  return fromGoodToBad[Math.max(0, ...given.map(badness))] ?? 'good';
}

/** Sorts what is worse to the front. */
export function worstFirst(a: Levelled, b: Levelled): number {
  return badness(b) - badness(a);
}

function badness({ level }: Levelled): number {
  return fromGoodToBad.indexOf(level);
}
