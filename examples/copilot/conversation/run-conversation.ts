import { setTimeout as delay } from 'node:timers/promises';
import type { AnalyticsEvent } from 'nestjs-agent-analytics';
import { type DemoProcess, startDemo } from './demo-process.js';
import { eventTable } from './event-table.js';
import { expectedEvents } from './expected-events.js';
import { missingEvents } from './missing-events.js';
import { type PlayedConversation, playConversation } from './play.js';
import { type PostHogReceiver, startReceiver } from './posthog-receiver.js';

const API_KEY = 'phc_demo_conversation';
/** From the last word to the last event: the slowest run, the next tick, and the way of a batch. */
const EVENTS_WITHIN_MS = 12_000;

export interface ConversationReport {
  readonly table: string;
  readonly events: number;
  /** One line for each thing that is not as it must be; empty: all is well. */
  readonly missing: readonly string[];
}

/** Plays the conversation with a demo that runs already; its events are read from `GET /demo/events`. */
export async function converseWith(url: string): Promise<ConversationReport> {
  const played = await playConversation(url);
  const events = await eventsOnceComplete(played, () => shownEvents(url));
  return report(played, events, []);
}

/**
 * Starts the demo, plays the conversation, and looks at what really arrives at a PostHog on this machine. The demo
 * must also have shown the same events, have delivered the last of them while it left, and have left in order.
 */
export async function converseWithOwnDemo(): Promise<ConversationReport> {
  const receiver = await startReceiver(API_KEY);
  try {
    // Without the integration: what it sees would stand in for a decorator that is missing.
    const DEMO_INTEGRATIONS = process.env['DEMO_INTEGRATIONS'] ?? 'none';
    const demo = await startDemo({ POSTHOG_HOST: receiver.url, POSTHOG_API_KEY: API_KEY, DEMO_INTEGRATIONS });
    return await converse(demo, receiver).finally(() => demo.stop());
  } finally {
    receiver.close();
  }
}

async function converse(demo: DemoProcess, receiver: PostHogReceiver): Promise<ConversationReport> {
  const played = await playConversation(demo.url);
  await eventsOnceComplete(played, () => Promise.resolve(receiver.events));
  const shown = await shownEvents(demo.url);
  const left = await demo.stop();

  const arrived = new Set(receiver.events.map(({ uuid }) => uuid));
  const lost = shown.filter(({ uuid }) => !arrived.has(uuid));
  const doubled = receiver.events.length - arrived.size;
  return report(played, receiver.events, [
    ...lost.map(({ event }) => `${event} was shown by the demo but did not arrive`),
    ...(doubled > 0 ? [`${doubled} events arrived twice`] : []),
    ...(left === 0 || left === 'SIGTERM' ? [] : [`the demo left with ${left}`]),
  ]);
}

async function shownEvents(url: string): Promise<AnalyticsEvent[]> {
  const response = await fetch(new URL('/demo/events', url));
  if (!response.ok) throw new Error(`GET /demo/events answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as AnalyticsEvent[];
}

/** Asks again until nothing is missing, or the time is over. */
async function eventsOnceComplete(
  played: PlayedConversation,
  read: () => Promise<readonly AnalyticsEvent[]>,
): Promise<readonly AnalyticsEvent[]> {
  const until = Date.now() + EVENTS_WITHIN_MS;
  for (;;) {
    const events = ours(played, await read());
    if (faultsOf(played, events).length === 0 || Date.now() > until) return events;
    await delay(250);
  }
}

function report(
  played: PlayedConversation,
  events: readonly AnalyticsEvent[],
  further: readonly string[],
): ConversationReport {
  const own = ours(played, events);
  return {
    table: eventTable(own),
    events: own.length,
    missing: [...faultsOf(played, own), ...further],
  };
}

function faultsOf(played: PlayedConversation, events: readonly AnalyticsEvent[]): string[] {
  return [...missingEvents(expectedEvents(played), events), ...miscounted(played, events)];
}

/** Messages and tool calls are told once each. */
function miscounted({ anonymous, ada }: PlayedConversation, events: readonly AnalyticsEvent[]): string[] {
  const count = (name: string): number => events.filter(({ event }) => event === name).length;
  const messages = anonymous.messages.length + ada.messages.length;
  const calls = anonymous.toolCalls.length + ada.toolCalls.length;
  return [
    ['copilot_message_sent', messages],
    ['copilot_response_completed', messages],
    ['copilot_tool_called', calls],
  ].flatMap(([name, wanted]) => {
    const came = count(String(name));
    return came === wanted ? [] : [`${name} came ${came} times, not ${wanted}`];
  });
}

/** A demo that runs already has the events of others too. */
function ours({ anonymous, ada }: PlayedConversation, events: readonly AnalyticsEvent[]): AnalyticsEvent[] {
  const ids: unknown[] = [anonymous, ada].flatMap(({ sessionId }) => [sessionId, `anonymous_${sessionId}`]);
  return events.filter(
    ({ properties }) => ids.includes(properties['session_id']) || ids.includes(properties['$anon_distinct_id']),
  );
}
