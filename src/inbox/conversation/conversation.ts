import { builtInName } from '../built-in-name.js';
import type { Conversation, ConversationTotals, Person, TimelineNode, Turn } from './conversation-api.js';
import { sumOfNodes } from './sum-of-nodes.js';
import { timelineEvent, type SessionEvent, type TimelineEvent } from './timeline-event.js';
import { timelineNode } from './timeline-node.js';
import { timelineTree, type Branch } from './timeline-tree.js';

/** Where an event of a session may have been left out; the newest are always there. */
interface Given {
  readonly session: string;
  readonly boot: string;
  readonly events: readonly SessionEvent[];
  readonly hidden: number;
}

/** A session as a timeline: its traces in the order in which they began, and what lies outside all traces. */
export function conversationOf({ session, boot, events, hidden }: Given): Conversation {
  const placed = events.map(timelineEvent);
  const turns = traces(placed)
    .map(turnOf)
    .sort((a, b) => a.originMs - b.originMs);
  const start = Math.min(...turns.map(({ originMs }) => originMs));
  const end = Math.max(...placed.map(({ startMs, durationMs }) => startMs + (durationMs ?? 0)));
  return {
    session,
    boot,
    at: isoOf(start),
    durationMs: Math.max(0, end - start),
    people: peopleOf(turns.map(({ turn }) => turn)),
    totals: totalsOf(events.length, turns),
    turns: turns.map(({ turn }) => turn),
    hidden,
  };
}

interface PlacedTurn {
  readonly turn: Turn;
  readonly originMs: number;
}

function traces(events: readonly TimelineEvent[]): TimelineEvent[][] {
  const byTrace = new Map<string, TimelineEvent[]>();
  for (const event of events) {
    // Outside all traces each stands alone.
    const key = event.traceId === null ? `event ${event.row.seq}` : `trace ${event.traceId}`;
    const trace = byTrace.get(key) ?? [];
    byTrace.set(key, trace);
    trace.push(event);
  }
  return [...byTrace.values()];
}

function turnOf(events: readonly TimelineEvent[]): PlacedTurn {
  const roots = timelineTree(events);
  const originMs = Math.min(...roots.map(({ startMs }) => startMs));
  const nodes: TimelineNode[] = [];
  let endMs = originMs;
  const waiting: { branch: Branch; depth: number }[] = roots.map((branch) => ({ branch, depth: 0 })).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { branch, depth } = next;
    nodes.push(timelineNode(branch, depth, originMs));
    // A click on a thumb an hour later is a moment; it would make everything before it invisible.
    if (branch.durationMs !== null) endMs = Math.max(endMs, branch.startMs + branch.durationMs);
    for (const child of [...branch.children].reverse()) waiting.push({ branch: child, depth: depth + 1 });
  }
  const first = roots[0]?.events[0];
  const turn: Turn = {
    id: first?.traceId ?? String(first?.row.seq),
    at: isoOf(originMs),
    person: { id: first?.row.person ?? '', isAnonymous: first?.row.isAnonymous ?? false },
    scaleMs: endMs - originMs,
    nodes,
  };
  return { turn, originMs };
}

function peopleOf(turns: readonly Turn[]): Person[] {
  const people = new Map<string, Person>();
  for (const { person } of turns) if (person.id !== '' && !people.has(person.id)) people.set(person.id, person);
  return [...people.values()];
}

function totalsOf(events: number, turns: readonly PlacedTurn[]): ConversationTotals {
  const nodes = turns.flatMap(({ turn }) => turn.nodes);
  const count = (isCounted: (node: TimelineNode) => boolean): number => nodes.filter(isCounted).length;
  const trees = turns.map(({ turn }) => turn.nodes);
  return {
    events,
    messages: count(({ events: [main] }) => main !== undefined && builtInName(main.event) === 'message_sent'),
    tools: count(({ kind }) => kind === 'tool'),
    modelCalls: count(({ kind }) => kind === 'model'),
    runs: count(({ events: told }) => told.some(({ event }) => isEndOfRun(event))),
    failed: count(({ isFailed }) => isFailed),
    inputTokens: sumOfNodes(trees, ({ inputTokens }) => inputTokens),
    outputTokens: sumOfNodes(trees, ({ outputTokens }) => outputTokens),
    costUsd: sumOfNodes(trees, ({ costUsd }) => costUsd),
  };
}

function isEndOfRun(event: string): boolean {
  const name = builtInName(event);
  return name === 'agent_run_success' || name === 'agent_run_failed';
}

/** A moment that no calendar has is the first one. */
function isoOf(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}
