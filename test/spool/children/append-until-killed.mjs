// Appends batches without end and says after each which number is stored; acknowledges some and says that first.
import { writeSync } from 'node:fs';

const [moduleUrl, dir] = process.argv.slice(2);
const { Spool } = await import(moduleUrl);
const spool = new Spool({ dir, destination: 'key-and-host', segmentBytes: 100_000 });
if (!spool.tryResume()) throw spool.failure;

let n = 0;
for (let round = 1; ; round++) {
  const batch = Array.from({ length: 1 + (round % 150) }, () => JSON.stringify({ n: ++n, pad: 'x'.repeat(n % 700) }));
  spool.append(batch);
  writeSync(1, `stored ${n}\n`);
  if (round % 3 === 0) {
    const records = spool.take({ maxRecords: 100 });
    // Out of order: every fourth batch is put back.
    if (round % 4 === 0) spool.putBack(records);
    else {
      writeSync(1, `settled ${records.map(({ payload }) => JSON.parse(payload).n).join(',')}\n`);
      spool.acknowledge(records);
    }
  }
  if (round % 5 === 0) spool.persistCursor();
}
