/** Sequence numbers `first` to `last`, both included. */
export interface SeqRange {
  readonly first: number;
  readonly last: number;
}

/** How many sequence numbers the ranges hold. */
export function countOf(ranges: readonly SeqRange[]): number {
  return ranges.reduce((sum, range) => sum + range.last - range.first + 1, 0);
}

/** A set of sequence numbers that is mostly contiguous: sorted ranges that neither touch nor overlap. */
export class SeqRanges {
  readonly #ranges: { first: number; last: number }[] = [];

  constructor(ranges: readonly SeqRange[] = []) {
    for (const range of ranges) this.add(range.first, range.last);
  }

  get ranges(): readonly SeqRange[] {
    return this.#ranges;
  }

  /** Adds `first` to `last`; nothing where `last` is smaller. */
  add(first: number, last: number = first): void {
    if (last < first) return;
    const at = this.#indexFrom(first - 1);
    let until = at;
    let from = first;
    let to = last;
    for (; until < this.#ranges.length; until++) {
      const range = this.#ranges[until]!;
      if (range.first > last + 1) break;
      from = Math.min(from, range.first);
      to = Math.max(to, range.last);
    }
    this.#ranges.splice(at, until - at, { first: from, last: to });
  }

  has(seq: number): boolean {
    const range = this.#ranges[this.#indexFrom(seq)];
    return range !== undefined && range.first <= seq;
  }

  /** The parts of `first` to `last` that are not in the set. */
  missingIn(first: number, last: number): SeqRange[] {
    const missing: SeqRange[] = [];
    let next = first;
    for (let i = this.#indexFrom(first); i < this.#ranges.length && next <= last; i++) {
      const range = this.#ranges[i]!;
      if (range.first > last) break;
      if (range.first > next) missing.push({ first: next, last: range.first - 1 });
      next = range.last + 1;
    }
    if (next <= last) missing.push({ first: next, last });
    return missing;
  }

  /** Index of the first range that ends at `seq` or later. */
  #indexFrom(seq: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ranges[middle]!.last < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
