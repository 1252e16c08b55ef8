import type { AnalyticsReport } from '../../delivery/analytics-report.js';
import { counted } from '../../event/counted.js';
import type { CallNotes } from './call-notes.js';
import type { Problem } from './problem-api.js';

/** The one most likely reason why there is no event, a sentence; `null` where some have come. */
export function likelyReason(
  report: AnalyticsReport | undefined,
  notes: CallNotes,
  problems: readonly Problem[],
): string | null {
  if (report === undefined) return 'No SDK has sent anything to this address yet.';
  if (report.settings?.enabled === false)
    return 'Analytics is switched off (ANALYTICS_ENABLED, or the option enabled).';
  if ((report.stats()?.accepted ?? 0) > 0) return null;
  const lost = mostFrequent(problems.filter(({ id }) => id.startsWith('refused:')));
  if (lost !== undefined) return `${counted(lost.count ?? 0, 'call')} left nothing: ${lost.title.toLowerCase()}.`;
  const [running, ...others] = report.openCalls(1_000);
  if (running !== undefined) {
    const more = others.length === 0 ? '' : `, and ${others.length} more`;
    return `${running.where ?? 'An agent'} is still running${more}; the event comes at the end.`;
  }
  const untracked = mostFrequent(problems.filter(({ id }) => /^untracked:(?:unbound|off)$/.test(id)));
  if (untracked !== undefined) {
    return `${untracked.items[0]?.name ?? 'A method'} ran untracked: ${untracked.title.toLowerCase()}.`;
  }
  const methods = report.trackedMethods().length;
  if (methods === 0) return 'No method of a provider or controller has a @Track… decorator.';
  if (notes.hasAnyFired) return null;
  return methods === 1
    ? 'The one decorated method has not been called yet.'
    : `None of the ${methods} decorated methods has been called yet.`;
}

function mostFrequent(problems: readonly Problem[]): Problem | undefined {
  return [...problems].sort((a, b) => (b.count ?? 0) - (a.count ?? 0))[0];
}
