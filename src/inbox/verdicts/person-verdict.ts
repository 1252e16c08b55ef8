import type { AnalyticsEvent } from '../../event/analytics-event.js';
import { anonymousIdOf, isRefusedId } from '../../event/distinct-id.js';
import { codePointLength } from '../../event/message-length.js';
import type { EventHistory } from '../event-history.js';
import type { Verdict } from '../inbox-api.js';
import { cutText } from '../visible-text.js';

/** What PostHog keeps of a distinct id, in characters. */
const KEPT_CHARACTERS = 200;

/** Whom PostHog counts the event for, and with whom that person merges. */
export function personVerdict(event: AnalyticsEvent, history: EventHistory): Verdict {
  const { distinctId, properties } = event;
  switch (event.event) {
    case '$identify':
      return identifyVerdict(event);
    case '$create_alias':
      return verdict('good', 'Merges two ids', `${name(properties.alias)} and ${name(distinctId)} become one person.`);
    case '$groupidentify':
      return verdict('good', 'No person', 'It sets the properties of a group and belongs to nobody.');
  }
  if (isRefusedId(distinctId)) {
    return verdict(
      'bad',
      'An id that is nobody',
      `PostHog merges no person into ${name(distinctId)}, because broken clients send it for everybody. Leave the user out instead.`,
    );
  }
  if (codePointLength(distinctId) > KEPT_CHARACTERS) {
    return verdict(
      'warn',
      'The id is too long',
      `PostHog keeps the first ${KEPT_CHARACTERS} characters of a distinct id, so users whose ids differ later become one person.`,
    );
  }
  return properties.is_anonymous === true || isPersonless(event)
    ? anonymousVerdict(event, history)
    : userVerdict(event, history);
}

export function isPersonless({ properties }: AnalyticsEvent): boolean {
  return properties.$process_person_profile === false;
}

function identifyVerdict({ distinctId, properties }: AnalyticsEvent): Verdict {
  const { $anon_distinct_id: anonymous } = properties;
  if (typeof anonymous !== 'string' || anonymous === distinctId) {
    return verdict('good', 'Identified', `It sets the properties of ${name(distinctId)} and merges nobody.`);
  }
  return verdict(
    'good',
    'Merges with the user',
    `${name(anonymous)} becomes ${name(distinctId)}: what came under the anonymous id counts for the user from now on.`,
  );
}

function anonymousVerdict(event: AnalyticsEvent, history: EventHistory): Verdict {
  const { distinctId, properties } = event;
  const user = history.mergedInto(distinctId);
  if (user !== undefined) {
    return verdict(
      'good',
      'Anonymous, merged',
      `${name(distinctId)} was merged into ${name(user)}, whose event this is.`,
    );
  }
  if (properties.$lib !== 'nestjs-agent-analytics') {
    return verdict(
      'good',
      'Anonymous',
      `Counted for ${name(distinctId)}, without a person profile, until its SDK identifies the person.`,
    );
  }
  const isKnownAgain = properties.session_id != null || !isPersonless(event);
  if (!isKnownAgain) {
    return verdict(
      'warn',
      'Nobody',
      'Neither user nor session was known, so it has a random id that no other event has. Open a context around the work: AnalyticsContext.run({ userId, sessionId }, fn).',
    );
  }
  const profile = isPersonless(event)
    ? 'No person profile is made.'
    : 'A person profile is made for the anonymous id, because it has groups or anonymousEvents is "profile".';
  return verdict(
    'good',
    'Anonymous',
    `Counted for ${name(distinctId)}. ${profile} It joins a user once identify({ userId, sessionId }) is called for this session.`,
  );
}

function userVerdict({ distinctId, properties }: AnalyticsEvent, history: EventHistory): Verdict {
  const other = history.mergedInto(distinctId);
  if (other !== undefined) {
    return verdict(
      'good',
      'A known user, merged',
      `${name(distinctId)} was merged into ${name(other)}, whose event this is.`,
    );
  }
  const { session_id: session } = properties;
  const anonymous = typeof session === 'string' ? anonymousIdOf(session) : undefined;
  if (anonymous !== undefined && history.hasAnonymous(anonymous) && history.mergedInto(anonymous) === undefined) {
    return verdict(
      'warn',
      'A person in two halves',
      `Counted for ${name(distinctId)}; but this session also sent events as ${name(anonymous)}, and nothing has joined the two. Call identify({ userId, sessionId }) when the user signs in.`,
    );
  }
  return verdict('good', 'A known user', `Counted for ${name(distinctId)}, with a person profile.`);
}

function name(id: unknown): string {
  return typeof id === 'string' ? `“${cutText(id, 80)}”` : 'nobody';
}

function verdict(level: Verdict['level'], title: string, text: string): Verdict {
  return { topic: 'person', level, title, text };
}
