import type { ReportedSettings } from '../../delivery/analytics-report.js';
import type { VerdictSettings } from '../verdicts/verdict-settings.js';
import { problem } from './problem.js';
import type { DeliveryHealth, Problem } from './problem-api.js';

/** What follows from how analytics is set up, and from how delivery stands. */
export function settingProblems(
  settings: ReportedSettings | undefined,
  { hasKey, isStandalone }: VerdictSettings,
  delivery: DeliveryHealth | null,
): Problem[] {
  if (settings?.enabled === false) return [switchedOff];
  if (isStandalone === true) return hasKey ? [] : [notForwarded];
  if (!hasKey) return [noKey];
  return delivery?.title === 'Late' ? [late(delivery)] : [];
}

const switchedOff = problem({
  id: 'off',
  level: 'bad',
  title: 'Analytics is switched off',
  text: 'Every decorated method runs as if it had no decorator, and AnalyticsService does nothing.',
  advice: 'Set ANALYTICS_ENABLED to true, or remove enabled: false from the options.',
});

const noKey = problem({
  id: 'no_key',
  level: 'note',
  title: 'No key',
  text: 'There is no POSTHOG_API_KEY, so events go to this inbox and nowhere else.',
  advice: 'Nothing, while you develop. To send them, set POSTHOG_API_KEY to the key of your project (phc_…).',
});

const notForwarded = problem({
  id: 'not_forwarded',
  level: 'note',
  title: 'Nothing is forwarded',
  text: 'The inbox was started without --forward, so events go no further.',
  advice: 'Nothing, while you develop. Start it with --forward to send each request on to PostHog.',
});

function late({ text }: DeliveryHealth): Problem {
  return problem({
    id: 'late',
    level: 'warn',
    title: 'Events wait for long',
    text,
    advice: 'Find out what blocks the event loop, or whether more events come than flushIntervalMs lets go.',
  });
}
