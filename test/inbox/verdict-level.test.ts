import { expect, it } from 'vitest';
import { worstFirst, worstLevel } from '../../src/inbox/verdict-level.js';

it('knows the worst of several levels, and sorts by it', () => {
  const given = (['note', 'bad', 'good', 'warn'] as const).map((level) => ({ level }));
  expect(worstLevel(given)).toBe('bad');
  expect(worstLevel([])).toBe('good');
  expect(given.sort(worstFirst).map(({ level }) => level)).toEqual(['bad', 'warn', 'note', 'good']);
});
