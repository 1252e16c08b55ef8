import type { AnalyticsReport } from '../../delivery/analytics-report.js';
import { counted } from '../../event/counted.js';
import type { CallNotes } from './call-notes.js';
import { isoTime, problem } from './problem.js';
import type { Problem, ProblemItem } from './problem-api.js';

/** The most calls in flight that are looked at. */
const MOST_CALLS = 1_000;
/** A call that runs for longer is worth a word, in milliseconds. */
const LONG_MS = 30_000;

/** Decorated methods of which nothing came so far, and calls that have not ended. */
export function silentMethods(report: AnalyticsReport, notes: CallNotes): Problem[] {
  const calls = report.openCalls(MOST_CALLS);
  const running = new Set(calls.map(({ where }) => where));
  const methods = report.trackedMethods();
  const silent = methods.filter(({ where }) => !notes.hasFired(where) && !running.has(where));
  const problems: Problem[] = [];
  if (silent.length > 0) {
    problems.push(
      problem({
        id: 'silent',
        level: 'note',
        title: 'Never fired',
        text: `${silent.length} of ${counted(methods.length, 'decorated method')} told no event since the application started.`,
        advice:
          'Use what calls them. If something does: it may call another object than the one that Nest made, or never end.',
        count: silent.length,
        firstAt: isoTime(report.startedAt),
        items: silent.map(({ where, decorators }) => ({
          name: where,
          detail: decoratorsText(decorators),
          count: null,
        })),
      }),
    );
  }
  const long = calls.filter(({ ageMs }) => ageMs >= LONG_MS);
  if (long.length > 0) {
    problems.push(
      problem({
        id: 'running',
        level: 'note',
        title: 'Still running',
        text: 'These calls began more than half a minute ago and have not ended; their events come when they do.',
        advice: 'Look whether their stream is read to its end, and whether what they wait for ever comes.',
        count: long.length,
        items: long.map(({ where, ageMs }) => ({ name: where ?? 'an agent', detail: seconds(ageMs), count: null })),
      }),
    );
  }
  return problems;
}

function decoratorsText(decorators: readonly string[]): ProblemItem['detail'] {
  return decorators.map((name) => `@${name}`).join(' ');
}

function seconds(ms: number): string {
  return `for ${Math.round(ms / 1_000)} s`;
}
