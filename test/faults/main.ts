import { availableParallelism } from 'node:os';
import { spoolRates } from './rates.js';
import { requestsPerSecond } from './request-load.js';
import { mostRatio, responseTimes } from './response-times.js';
import { rows } from './rows.js';
import { figures, header, linesOf, runLine, show, type Line } from './table.js';

/**
 * `npm run test:faults`: every fault, with every delivery, in real time where it is about time. Takes some 40 minutes.
 * Words after the command choose the rows that have one of them in their name or group.
 */
const words = process.argv.slice(2);
const isChosen = (text: string): boolean => words.length === 0 || words.some((word) => text.includes(word));
const chosen = rows.filter(({ group, name }) => isChosen(`${group} ${name}`));
const lines: Line[] = [];
const others: string[] = [];
let isGood = true;
const { version, platform, arch } = process;
console.log(
  `${new Date().toISOString().slice(0, 10)}, Node ${version}, ${platform} ${arch}, ${availableParallelism()} cores`,
);
// posthog-node writes every failure there, with its stack.
console.error = () => undefined;

// Those that mostly wait go beside each other; those that load the machine, or start processes, one by one.
const waiting = chosen.filter(({ group }) => group === 'network and server');
const results = new Map<string, Promise<Line>>();
for (const row of waiting) {
  for (const delivery of linesOf(row)) results.set(`${row.name} ${delivery}`, runLine(row, delivery, 'long'));
}
let group = '';
for (const row of chosen) {
  if (row.group !== group) console.log(`\n${(group = row.group)}\n${header()}`);
  for (const delivery of linesOf(row)) {
    const line = await (results.get(`${row.name} ${delivery}`) ?? runLine(row, delivery, 'long'));
    console.log(show(line));
    lines.push(line);
    if (line.tally.figure) others.push(line.tally.figure);
    isGood &&= line.wrongs.length === 0;
  }
}

if (isChosen('response times')) {
  const rate = `${requestsPerSecond} requests/s`;
  console.log(`\nthe application's response times (p99, ${rate}, medians of the pairs)`);
  const times = await responseTimes(({ fault, delivery, healthy, faulty, ratio, pairs }) => {
    const shown = `${healthy.toFixed(2)} ms without, ${faulty.toFixed(2)} ms during; ratio ${ratio.toFixed(2)} of ${pairs}`;
    console.log(`${fault.padEnd(32)} ${delivery.padEnd(8)} ${shown}${ratio <= mostRatio ? '' : '  WRONG'}`);
  });
  const worst = Math.max(...times.map(({ ratio }) => ratio));
  const beyond = times.filter(({ ratio }) => !(ratio <= mostRatio)).length;
  others.push(`worst p99 ratio ${worst.toFixed(2)}, ${beyond} of ${times.length} beyond ${mostRatio}`);
  isGood &&= beyond === 0;
}
if (isChosen('rates')) {
  console.log('\nrates');
  const rates = await spoolRates();
  for (const line of rates.lines) console.log(line);
  others.push(rates.figure);
}
console.log(`\n${figures(lines, others)}`);
process.exitCode = isGood ? 0 : 1;
