import { describe, expect, it } from 'vitest';
import type { Row } from './row.js';
import { linesOf, runLine, show } from './table.js';

/** The short form of `npm run test:faults`: without posthog-node, with simulated time and fewer kills. */
export function testRows(rows: readonly Row[], { concurrent = false } = {}): void {
  describe.each([...new Set(rows.map(({ group }) => group))])('Faults: %s', (group) => {
    const lines = rows
      .filter((row) => row.group === group)
      .flatMap((row) => linesOf(row).map((delivery) => ({ row, delivery, name: `${row.name}: ${delivery}` })))
      .filter(({ row, delivery }) => (row.short ?? ['memory', 'spool']).includes(delivery));

    (concurrent ? it.concurrent : it).each(lines)('$name', { timeout: 60_000 }, async ({ row, delivery }) => {
      const line = await runLine(row, delivery, 'short');
      expect(line.wrongs, show(line)).toEqual([]);
    });
  });
}
