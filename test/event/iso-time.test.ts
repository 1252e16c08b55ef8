import { expect, it } from 'vitest';
import { createIsoTime } from '../../src/event/iso-time.js';

it('writes every moment as Date does, in whatever order they come', () => {
  const isoTime = createIsoTime();
  const start = Date.UTC(2026, 0, 31, 23, 59, 58);
  const moments = [0, 1, 9, 10, 99, 100, 999, 1_000, 1_001, 2_000, 500, 86_400_000, 0].map((ms) => start + ms);
  for (const moment of [...moments, 0, 5, Date.UTC(9999, 11, 31)]) {
    expect(isoTime(moment)).toBe(new Date(moment).toISOString());
  }
  expect(isoTime(start + 5.9)).toBe(new Date(start + 5).toISOString());
});
