import type { SaidMessage } from '../../delivery/analytics-report.js';
import { cutText } from '../visible-text.js';
import { isoTime, problem } from './problem.js';
import type { Problem, ProblemItem } from './problem-api.js';
import { warningTitles } from './warning-titles.js';

const LONGEST_TEXT = 600;

/** What the library has said to the developer: one problem for each code. `told` are codes that others tell of. */
export function warnings(said: readonly SaidMessage[], told: ReadonlySet<string | null>): Problem[] {
  const byCode = new Map<string, SaidMessage[]>();
  for (const each of said) {
    const { code } = each.message;
    if (told.has(code)) continue;
    byCode.set(code, [...(byCode.get(code) ?? []), each]);
  }
  return [...byCode].map(([code, group]) => problemOf(code, group));
}

function problemOf(code: string, group: readonly SaidMessage[]): Problem {
  const [first] = group;
  const isTrouble = group.some(({ kind }) => kind === 'trouble');
  const { what, advice } = partsOf(first?.message.text ?? '');
  return problem({
    id: `said:${code}`,
    level: group.some(({ level }) => level === 'error') ? 'bad' : 'warn',
    title: warningTitles[code] ?? 'A warning',
    text: group.length === 1 ? what : `The library has said this ${group.length} times, each time of something else.`,
    advice,
    code,
    // Of a trouble that lasts it would count the attempts.
    count: isTrouble ? null : group.reduce((sum, { count }) => sum + count, 0),
    firstAt: isoTime(Math.min(...group.map(({ firstAt }) => firstAt))),
    lastAt: isTrouble ? null : isoTime(Math.max(...group.map(({ lastAt }) => lastAt))),
    items: group.length === 1 ? [] : group.map(itemOf).sort((a, b) => (b.count ?? 0) - (a.count ?? 0)),
  });
}

function itemOf({ message, count }: SaidMessage): ProblemItem {
  return { name: partsOf(message.text).what, detail: null, count };
}

/** Every text of the library says what happened, and then what to do. */
function partsOf(text: string): { what: string; advice: string } {
  const [what = '', advice = ''] = cutText(text, LONGEST_TEXT).split(' Do this: ');
  return { what, advice: advice === '' ? '' : (advice[0]?.toUpperCase() ?? '') + advice.slice(1) };
}
