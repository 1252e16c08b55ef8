import type { AnalyticsReport } from '../../delivery/analytics-report.js';
import { worstFirst } from '../verdict-level.js';
import type { VerdictSettings } from '../verdicts/verdict-settings.js';
import type { CallNotes } from './call-notes.js';
import { deliveryHealth } from './delivery-health.js';
import { likelyReason } from './likely-reason.js';
import { lostEvents } from './lost-events.js';
import { isoTime } from './problem.js';
import type { ProblemReport } from './problem-api.js';
import { settingProblems } from './setting-problems.js';
import { silentMethods } from './silent-methods.js';
import { untrackedCalls } from './untracked-calls.js';
import { warnings } from './warnings.js';

export interface ProblemSources {
  readonly boot: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly notes: CallNotes;
  readonly settings: VerdictSettings;
  /** Absent for a stand-alone inbox. */
  readonly report: AnalyticsReport | undefined;
}

/** Why events may be missing or wrong, as it stands now. */
export function problemsOf({ boot, startedAt, notes, settings, report }: ProblemSources): ProblemReport {
  const stats = report?.stats();
  const delivery = deliveryHealth(stats, report?.settings?.delivery ?? 'memory', settings);
  const counted = [...lostEvents(notes, stats, report?.settings?.sampleRate ?? 1), ...untrackedCalls(notes)];
  const told = new Set(counted.map(({ code }) => code));
  const problems = [
    ...settingProblems(report?.settings, settings, delivery),
    ...warnings(report?.said() ?? [], told),
    ...counted,
    ...(report === undefined ? [] : silentMethods(report, notes)),
  ];
  return {
    boot,
    since: isoTime(report?.startedAt ?? startedAt),
    likely: likelyReason(report, notes, problems),
    delivery,
    problems: problems.sort(worstFirst),
  };
}
