import { describe, expect, it } from 'vitest';
import { countOf, SeqRanges } from '../../src/spool/seq-ranges.js';
import { seededRandom } from './seeded-random.js';

describe('SeqRanges', () => {
  it('joins ranges that touch or overlap', () => {
    const ranges = new SeqRanges();
    ranges.add(1, 3);
    ranges.add(7, 9);
    ranges.add(4);
    ranges.add(6, 7);
    expect(ranges.ranges).toEqual([
      { first: 1, last: 4 },
      { first: 6, last: 9 },
    ]);
    ranges.add(5);
    expect(ranges.ranges).toEqual([{ first: 1, last: 9 }]);
  });

  it('adds nothing for an empty range', () => {
    const ranges = new SeqRanges();
    ranges.add(5, 4);
    expect(ranges.ranges).toEqual([]);
  });

  it('agrees with a plain set over 20,000 random steps', () => {
    const random = seededRandom(7);
    const ranges = new SeqRanges();
    const plain = new Set<number>();
    for (let step = 0; step < 20_000; step++) {
      const first = Math.floor(random() * 5000);
      const last = first + Math.floor(random() * 4);
      if (step % 2 === 0) {
        ranges.add(first, last);
        for (let seq = first; seq <= last; seq++) plain.add(seq);
        continue;
      }
      const missing = [first, first + 1, first + 2, first + 3].filter((seq) => seq <= last && !plain.has(seq));
      const told = ranges.missingIn(first, last);
      expect(countOf(told)).toBe(missing.length);
      expect(told.flatMap((range) => [range.first, range.last]).every((seq) => missing.includes(seq))).toBe(true);
      expect(ranges.has(first)).toBe(plain.has(first));
    }
    expect(countOf(ranges.ranges)).toBe(plain.size);
  });
});
