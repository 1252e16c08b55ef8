import { describe, expect, it } from 'vitest';
import { backoffMs, retryAfterMs } from '../../src/delivery/retry.js';

describe('backoffMs', () => {
  it('spreads evenly between a second and a ceiling that doubles up to a minute', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 100].map((failures) => backoffMs(failures, () => 1));
    expect(ceilings).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    for (const failures of [1, 4, 100]) {
      expect(backoffMs(failures, () => 0)).toBe(1_000);
      expect(backoffMs(failures, () => 0.5)).toBe((1_000 + backoffMs(failures, () => 1)) / 2);
    }
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-01-02T03:04:05.000Z');
  it.each([
    ['3', 3_000],
    [' 3 ', 3_000],
    ['0', undefined],
    ['299', 299_000],
    ['301', 300_000],
    ['99999999999999999999', 300_000],
    ['Fri, 02 Jan 2026 03:04:35 GMT', 30_000],
    ['Fri, 02 Jan 2026 03:04:00 GMT', undefined],
    ['Sat, 03 Jan 2026 03:04:05 GMT', 300_000],
    ['soon', undefined],
    ['-5', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads %j as %j', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});
