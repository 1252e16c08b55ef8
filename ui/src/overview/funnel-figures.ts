import type { EventKind } from '../../../src/inbox/inbox-api.ts';
import type { FigureRow } from './figures.ts';

/** How many conversations came so far. */
export interface FunnelStep {
  readonly kind: EventKind;
  readonly conversations: number;
  /** The share of the conversations of the first step, from 0 to 1; `null` where there are none. */
  readonly share: number | null;
}

const steps: readonly EventKind[] = ['message', 'tool', 'run'];

/**
 * Conversations with a message; of these those with a tool's call at or after it; of these those with a run at or
 * after that. By the events' own times: a tool's call comes when it is over, but its time is when it began.
 */
export function funnelOf(rows: readonly FigureRow[]): FunnelStep[] {
  const bySession = new Map<string, { kind: EventKind; time: number }[]>();
  for (const { kind, session, at } of rows) {
    if (kind === null || session === null) continue;
    const parts = bySession.get(session) ?? [];
    bySession.set(session, parts);
    parts.push({ kind, time: Date.parse(at) });
  }
  const reached = steps.map(() => 0);
  for (const parts of bySession.values()) {
    const depth = depthOf(parts);
    for (let step = 0; step < depth; step++) reached[step] = (reached[step] ?? 0) + 1;
  }
  const [first = 0] = reached;
  return steps.map((kind, step) => {
    const conversations = reached[step] ?? 0;
    return { kind, conversations, share: first === 0 ? null : conversations / first };
  });
}

function depthOf(parts: { kind: EventKind; time: number }[]): number {
  let depth = 0;
  let from = -Infinity;
  for (const step of steps) {
    const next = parts.reduce((least, { kind, time }) => {
      return kind === step && time >= from && time < least ? time : least;
    }, Infinity);
    if (next === Infinity) break;
    from = next;
    depth++;
  }
  return depth;
}
