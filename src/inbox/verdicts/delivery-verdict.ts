import type { DropReason } from '../../delivery/delivery.js';
import type { Verdict } from '../inbox-api.js';
import { stateOf } from '../event-summary.js';
import type { StoredEvent } from '../stored-event.js';
import type { VerdictSettings } from './verdict-settings.js';

/** Whether the event has arrived at PostHog, and if not, why. */
export function deliveryVerdict(stored: StoredEvent, settings: VerdictSettings): Verdict {
  const { reason } = stored;
  switch (stateOf(stored, settings)) {
    case 'delivered':
      return verdict('good', 'Delivered', `PostHog's edge at ${hostName(settings.host)} has taken it.`);
    case 'dropped':
      return verdict(
        'bad',
        'Dropped',
        (dropTexts as Readonly<Record<string, string>>)[reason ?? ''] ??
          `It was dropped: ${reason ?? 'no reason was given'}.`,
      );
    case 'held':
      return verdict(
        'warn',
        'Held back',
        holdTexts[reason ?? ''] ?? `Delivery is held up: ${reason ?? 'the last request failed'}.`,
      );
    case 'pending':
      return settings.isStandalone === true
        ? verdict('note', 'Pending', `It is being forwarded to ${hostName(settings.host)}.`)
        : verdict('note', 'Pending', `It waits for the next batch to ${hostName(settings.host)}.`);
    case 'local':
      return verdict(
        'note',
        'Shown here only',
        settings.isStandalone === true
          ? 'The inbox was started without --forward, so events go no further.'
          : 'There is no POSTHOG_API_KEY, so events go to this inbox and nowhere else.',
      );
  }
}

const dropTexts: Readonly<Record<DropReason, string>> = {
  empty_name: 'Its name is empty, for which PostHog would refuse the whole batch.',
  before_send: 'beforeSend returned null for it (or no event), so it is neither sent nor stored.',
  anonymous: 'It has no user, and anonymousEvents is "drop".',
  too_large: 'It is larger than PostHog takes (990 kB; 8 MiB for $ai_ events) and could not be cut to fit.',
  unserialisable: 'It could not be made into JSON.',
  queue_full: 'The queue was full (maxPending, maxPendingBytes) and it made room for others.',
  expired: 'It waited longer than events are kept.',
  shutdown: 'The application left before it could be sent (shutdownTimeoutMs).',
  damaged: 'Its bytes on the disk of the spool were not what was written.',
  spool_removed: "The spool's folder was removed while it waited there.",
  rejected:
    'PostHog refuses this very event while it takes others; it is kept as a dead letter where there is a spool.',
};

const holdTexts: Readonly<Record<string, string>> = {
  key_hold: 'PostHog does not accept the key (401). It is kept, and tried again every ten minutes.',
  endpoint_hold: "What answers at this host is not PostHog's ingestion. It is kept, and tried again.",
  backoff: 'PostHog could not be reached or asked for patience. It is kept, and tried again soon.',
};

function verdict(level: Verdict['level'], title: string, text: string): Verdict {
  return { topic: 'delivery', level, title, text };
}

function hostName(host: string): string {
  return URL.canParse(host) ? new URL(host).host : host;
}
