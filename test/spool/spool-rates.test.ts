import { describe, expect, it } from 'vitest';
import { replaceFs } from './replace-fs.js';
import { drain, numbered, openSpool, segmentsBelow, temporaryFolder } from './spool-folder.js';
import { measureRates } from './spool-rates.js';

describe('cost', () => {
  it('is one write and one look at the file for a batch, beside the header of each segment', () => {
    const dir = temporaryFolder();
    const { spool } = openSpool(dir, { segmentBytes: 50_000 });
    spool.append(numbered(1));
    const before = segmentsBelow(dir).length;
    const calls = { write: 0, stat: 0 };
    replaceFs(
      'writeSync',
      (real) =>
        ((...args: [number, Buffer, number, number, number]) => {
          calls.write++;
          return real(...args);
        }) as typeof real,
    );
    replaceFs(
      'statSync',
      (real) =>
        ((...args: Parameters<typeof real>) => {
          calls.stat++;
          return real(...args);
        }) as typeof real,
    );
    for (let batch = 0; batch < 50; batch++) spool.append(numbered(100));
    expect(calls).toEqual({ write: 50 + segmentsBelow(dir).length - before, stat: 50 });
    expect(drain(spool).length).toBe(5001);
  });

  it('is told beside a bare appendFileSync loop in the same run', { timeout: 20_000 }, () => {
    const rates = measureRates(temporaryFolder(), 20_000);
    const shown = Object.entries(rates).map(([name, us]: [string, number]) => `${name} ${us.toFixed(2)}`);
    console.log(`spool, µs for a record of 1 KB: ${shown.join(', ')}`);
    // A bound only against another order of magnitude: the machine may be busy with other work.
    expect(rates.append).toBeLessThan(10 * rates.bareAppendFile);
  });
});
