import type { AnalyticsEvent, JsonObject } from '../../event/analytics-event.js';
import { anonymousIdOf } from '../../event/distinct-id.js';
import { literal, stableProperties, testLine } from '../test-line.js';

/** What is the same each time of one event. */
interface Expected {
  readonly event: string;
  readonly properties: JsonObject;
  /** The person, as JavaScript; empty where nobody can be named. */
  readonly as: string;
  readonly isInSession: boolean;
}

/**
 * A test for Vitest or Jest that expects what this conversation has tracked: each event by its name, its person and what
 * is the same each time, and how often. How the conversation is had is left to a function that the reader writes.
 */
export function conversationTest(session: string, events: readonly AnalyticsEvent[]): string {
  const ordered = [...events].sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));
  const expected = ordered.filter(({ event }) => !event.startsWith('$')).map((event) => expectedOf(event, session));
  const lines = new Set(expected.map((one) => lineOf(one, timesOf(one, expected))));
  return `import { analyticsMatchers } from 'nestjs-agent-analytics/testing';
import { expect, it } from 'vitest'; // Jest has both by itself: leave this line out.
import { haveConversation } from './have-conversation.js';

expect.extend(analyticsMatchers);

it('tracks the conversation', async () => {
  const session = ${literal(session)};
  // Yours to write: it starts the application under recordAnalytics(), says in this session what was said, waits until
  // all is done, and returns the recorder.
  const analytics = await haveConversation(session);

${[...lines].map((line) => `  ${line}\n`).join('')}});
`;
}

function expectedOf({ event, distinctId, properties }: AnalyticsEvent, session: string): Expected {
  const isInSession = properties.session_id === session;
  return {
    event,
    properties: stableProperties(properties),
    as: personOf(distinctId, properties, session),
    isInSession,
  };
}

function personOf(distinctId: string, properties: JsonObject, session: string): string {
  if (distinctId === anonymousIdOf(session) && distinctId === `anonymous_${session}`) return '`anonymous_${session}`';
  // Anybody else who is anonymous has an id that is made anew.
  return properties.is_anonymous === true ? '' : literal(distinctId);
}

function lineOf({ event, properties, as, isInSession }: Expected, times: number): string {
  const options = [...(as === '' ? [] : [`as: ${as}`]), ...(isInSession ? ['session'] : []), `times: ${times}`];
  return testLine(event, properties, `{ ${options.join(', ')} }`);
}

/** How many of them the matcher would find: one that says less is found in those that say more. */
function timesOf(one: Expected, all: readonly Expected[]): number {
  const wanted = Object.entries(one.properties).map(([key, value]) => [key, JSON.stringify(value)] as const);
  return all.filter(
    (other) =>
      other.event === one.event &&
      (one.as === '' || other.as === one.as) &&
      (!one.isInSession || other.isInSession) &&
      wanted.every(
        ([key, json]) => Object.hasOwn(other.properties, key) && JSON.stringify(other.properties[key]) === json,
      ),
  ).length;
}
