import { parseArgs } from 'node:util';
import type { Problem, ProblemReport } from '../../inbox/problems/problem-api.js';
import { forTerminal, jsonLine, type Terminal } from '../terminal.js';
import { InboxConnection } from './inbox-connection.js';

/** `inbox problems`: why events may be missing, once. */
export async function listProblems(args: readonly string[], { out, stop }: Terminal): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { json: { type: 'boolean' }, url: { type: 'string' } } });
  const report = await InboxConnection.open(values.url).get<ProblemReport>('problems', {}, stop);
  for (const line of values.json === true ? [jsonLine(report)] : linesOf(report)) out(line);
  return 0;
}

function linesOf({ likely, delivery, problems }: ProblemReport): string[] {
  const lines: string[] = [];
  if (likely !== null) lines.push(`Nothing came yet: ${likely}`);
  if (delivery !== null) {
    const { title, text, delivered, pending, lastError } = delivery;
    lines.push(`${title}. ${text} ${delivered} delivered, ${pending} pending.`);
    if (lastError !== null) lines.push(`The last failure: ${lastError}`);
  }
  if (problems.length === 0) lines.push('There is no problem.');
  return [...lines, ...problems.flatMap(linesOfProblem)].map(forTerminal);
}

function linesOfProblem({ level, title, code, count, text, advice, items, hidden }: Problem): string[] {
  const times = count === null ? '' : `, ${count} ×`;
  return [
    '',
    `${level.padEnd(5)} ${title}${times}${code === null ? '' : ` (${code})`}`,
    `      ${text}`,
    `      Do this: ${advice}`,
    ...items.map((item) => {
      const often = item.count === null || item.count === 1 ? '' : `${item.count} ×`;
      return `      - ${[item.name, item.detail ?? '', often].filter((part) => part !== '').join('  ')}`;
    }),
    ...(hidden === 0 ? [] : [`      - and ${hidden} more`]),
  ];
}
