import type { AnalyticsStats, DropReason, RefusalReason } from '../../delivery/delivery.js';
import type { VerdictLevel } from '../inbox-api.js';
import type { CallNotes } from './call-notes.js';
import { notedFacts, problem } from './problem.js';
import type { Problem } from './problem-api.js';

/** What was refused at the door, and what was dropped behind it: one problem for each reason. */
export function lostEvents(notes: CallNotes, stats: AnalyticsStats | undefined, sampleRate: number): Problem[] {
  const counts = stats === undefined ? notedCounts(notes) : bookedCounts(stats);
  return Object.entries(counts).flatMap(([id, count]) => {
    if (count === 0) return [];
    const isRefused = id.startsWith('refused:');
    const reason = id.slice(id.indexOf(':') + 1);
    const texts = (isRefused ? refusals(sampleRate) : drops) as Readonly<Record<string, Texts>>;
    const [level, title, text, advice, code = null] = texts[reason] ?? unknown(reason);
    const filter = isRefused ? null : 'state=dropped';
    return [problem({ id, level, title, text, advice, code, count, filter, ...notedFacts(notes.of(id)) })];
  });
}

/** The books are the application's own; the notes are the process's. */
function bookedCounts({ refused, dropped, dead }: AnalyticsStats): Record<string, number> {
  return {
    ...withPrefix('refused', refused),
    ...withPrefix('dropped', dropped),
    'dropped:rejected': dead,
  };
}

function withPrefix(prefix: string, counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).map(([reason, count]) => [`${prefix}:${reason}`, count]));
}

/** A stand-alone inbox has no books. */
function notedCounts(notes: CallNotes): Record<string, number> {
  const kinds = notes.kinds.filter((kind) => /^(?:refused|dropped):/.test(kind));
  return Object.fromEntries(kinds.map((kind) => [kind, notes.of(kind)?.count ?? 0]));
}

type Texts = readonly [level: VerdictLevel, title: string, text: string, advice: string, code?: string];

const refusals = (sampleRate: number): Readonly<Record<RefusalReason, Texts>> => ({
  when: [
    'note',
    'Left out by when()',
    'The when callback of a decorator said no to these calls.',
    'Nothing, if they should not count; otherwise change the condition.',
  ],
  no_consent: [
    'note',
    'No consent',
    'The context of these says track: false, so nothing of them was recorded.',
    'Nothing, if these people said no; otherwise look at what sets track: identity() or AnalyticsContext.run().',
  ],
  sampled: [
    'note',
    'Sampled out',
    `sampleRate is ${sampleRate}: the other sessions are left out, here and at PostHog.`,
    'Set ANALYTICS_SAMPLE_RATE (or sampleRate) to 1 where you want to see all of them.',
  ],
  closed: [
    'warn',
    'After the end',
    'These came when analytics had closed already.',
    'Let the work end before the application closes: wait for it in a shutdown hook.',
  ],
  buffer_full: [
    'bad',
    'No room for them',
    'As many events as may were waiting for their delivery, so these were refused.',
    'Find out why events are not delivered, or raise maxPending and maxPendingBytes.',
    'NAA307',
  ],
});

const drops: Readonly<Record<DropReason, Texts>> = {
  before_send: [
    'note',
    'Taken out by beforeSend',
    'beforeSend returned null for these (or no event).',
    'Nothing, if they should not be sent; otherwise let it return the event, synchronously.',
  ],
  anonymous: [
    'note',
    'Anonymous, and dropped',
    'These have no user, and anonymousEvents is "drop".',
    'Nothing, if that is meant; otherwise set anonymousEvents to "personless", or see why there is no user.',
  ],
  empty_name: [
    'bad',
    'Without a name',
    'Their name is empty, for which PostHog would refuse the whole batch.',
    'Pass a name to capture() and @Track().',
  ],
  too_large: [
    'bad',
    'Too large',
    'They are larger than PostHog takes (990 kB; 8 MiB for $ai_ events) and could not be cut to fit.',
    'Send less: an id instead of a document.',
  ],
  unserialisable: [
    'bad',
    'No JSON',
    'They could not be made into JSON.',
    'Pass plain values as properties: a getter or a proxy among them throws.',
  ],
  queue_full: [
    'bad',
    'No room left',
    'What waits for delivery is as much as may, and these made room for others.',
    'Find out why events are not delivered, or raise maxPendingBytes.',
    'NAA309',
  ],
  expired: [
    'bad',
    'Too old',
    'They waited longer than events are kept.',
    'Find out why they were not delivered, or raise ANALYTICS_SPOOL_MAX_AGE_DAYS.',
    'NAA405',
  ],
  shutdown: [
    'bad',
    'Left behind',
    'The application left before they could be sent.',
    'Raise shutdownTimeoutMs, or set ANALYTICS_SPOOL_DIR, so that they outlive the process.',
    'NAA310',
  ],
  damaged: [
    'bad',
    'Damaged in the spool',
    'Their bytes on the disk were not what was written.',
    'Check the disk, and that nothing else writes into the folder.',
    'NAA406',
  ],
  spool_removed: [
    'bad',
    'Removed with the spool',
    "The spool's folder was removed while it was used.",
    'Leave the folder to the application.',
    'NAA407',
  ],
  rejected: [
    'bad',
    'Refused by PostHog',
    'PostHog refuses these very events while it takes others.',
    'Look at what they carry; with a spool they are kept, and can be replayed.',
    'NAA306',
  ],
};

function unknown(reason: string): Texts {
  return ['bad', 'Dropped', `${reason}.`, 'Open one of them: its delivery says more.'];
}
