import { describe, expect, it } from 'vitest';
import { temporaryFolder } from './spool-folder.js';
import { measureRates } from './spool-rates.js';

describe('rates', () => {
  it('appends in batches for less than a bare appendFileSync of each record', { timeout: 20_000 }, () => {
    // The best of three: other work on the machine only ever adds.
    const rounds = [1, 2, 3].map(() => measureRates(temporaryFolder(), 10_000));
    const rates = rounds.reduce((best, round) => ({
      append: Math.min(best.append, round.append),
      appendWithFsync: Math.min(best.appendWithFsync, round.appendWithFsync),
      drain: Math.min(best.drain, round.drain),
      bareAppendFile: Math.min(best.bareAppendFile, round.bareAppendFile),
      bareAppendFileBatch: Math.min(best.bareAppendFileBatch, round.bareAppendFileBatch),
    }));
    const shown = Object.entries(rates).map(([name, us]: [string, number]) => `${name} ${us.toFixed(2)}`);
    console.log(`spool, µs for a record of 1 KB: ${shown.join(', ')}`);
    expect(rates.append).toBeLessThan(rates.bareAppendFile);
  });
});
