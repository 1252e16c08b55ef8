// Opens the spool, says so, waits for the time that stands in a line on stdin, claims and prints what it got.
// Lives on until stdin ends: whoever is gone is claimed from by the others.
import { once } from 'node:events';

const [moduleUrl, dir] = process.argv.slice(2);
const { Spool } = await import(moduleUrl);
const spool = new Spool({ dir, destination: 'key-and-host' });
if (!spool.tryResume()) throw spool.failure;
process.stdout.write('ready\n');
const [line] = await once(process.stdin, 'data');
while (Date.now() < Number(line));
const { adopted } = spool.claimDead();
const taken = [];
for (let records = spool.take(); records.length > 0; records = spool.take()) {
  taken.push(...records.map(({ payload }) => payload.toString()));
  spool.acknowledge(records);
}
process.stdout.write(`${JSON.stringify({ adopted, taken })}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
