import type { TimelineEvent } from './timeline-event.js';

/** One thing that happened, with what lies in it. */
export interface Branch {
  /** Its events, the one that says most first. */
  readonly events: readonly [TimelineEvent, ...TimelineEvent[]];
  readonly startMs: number;
  readonly durationMs: number | null;
  readonly children: Branch[];
}

/** These tell a span's own length; all others tell of a moment in it. */
const spanning: ReadonlySet<string> = new Set(['message', 'run', 'tool', 'model', 'span']);

/**
 * The events of one trace as a tree by their span and parent ids. What one span tells, a tool and what it began, is
 * taken apart. An unknown parent is left out, and so is one that would make a circle.
 */
export function timelineTree(events: readonly TimelineEvent[]): Branch[] {
  const bySpan = new Map<string, Branch>();
  const parentOf = new Map<Branch, string | null>();
  const moments: TimelineEvent[] = [];
  for (const [spanId, told] of groupBySpan(events)) {
    const own = spanId === null ? [] : ownEvents(told);
    moments.push(...told.filter((event) => !own.includes(event)));
    const [main, ...others] = own;
    if (main === undefined || spanId === null) continue;
    const branch = branchOf([main, ...others]);
    bySpan.set(spanId, branch);
    parentOf.set(branch, own.find(({ parentId }) => parentId !== null)?.parentId ?? null);
  }
  for (const moment of together(moments)) {
    const { spanId, parentId } = moment[0];
    const isInSpan = spanId !== null && bySpan.has(spanId);
    parentOf.set(branchOf(moment), isInSpan ? spanId : parentId);
  }
  return joined(parentOf, bySpan, events[0]?.traceId ?? null);
}

function joined(
  parentOf: ReadonlyMap<Branch, string | null>,
  bySpan: ReadonlyMap<string, Branch>,
  traceId: string | null,
): Branch[] {
  const root = traceId === null ? undefined : bySpan.get(traceId);
  const parents = new Map<Branch, Branch>();
  const roots: Branch[] = [];
  for (const [branch, parentId] of parentOf) {
    const known = parentId === null ? undefined : bySpan.get(parentId);
    // Of a call whose parent is not told the trace is all that is known.
    const parent = known ?? (isSpan(branch) ? root : undefined);
    if (parent === undefined || isWithin(parent, branch, parents)) roots.push(branch);
    else {
      parents.set(branch, parent);
      parent.children.push(branch);
    }
  }
  for (const branch of parentOf.keys()) branch.children.sort(byStart);
  return roots.sort(byStart);
}

function isSpan({ events: [{ kind }] }: Branch): boolean {
  return spanning.has(kind);
}

function isWithin(inner: Branch, outer: Branch, parents: ReadonlyMap<Branch, Branch>): boolean {
  for (let branch: Branch | undefined = inner; branch !== undefined; branch = parents.get(branch)) {
    if (branch === outer) return true;
  }
  return false;
}

/** Events of a trace without a span stand alone; `null` is their group. */
function groupBySpan(events: readonly TimelineEvent[]): Map<string | null, TimelineEvent[]> {
  const groups = new Map<string | null, TimelineEvent[]>();
  for (const event of events) {
    const group = groups.get(event.spanId) ?? [];
    groups.set(event.spanId, group);
    group.push(event);
  }
  return groups;
}

/** Of all that carries a span's id, what tells of the span itself. A run that a tool has begun is not the tool. */
function ownEvents(told: readonly TimelineEvent[]): TimelineEvent[] {
  const own = told.filter(({ kind }) => spanning.has(kind));
  const isOther = own.some(({ kind }) => kind === 'tool' || kind === 'message');
  const kept = isOther ? own.filter(({ kind, event }) => kind !== 'run' || event.event.startsWith('$')) : own;
  return kept.sort((a, b) => rankOf(a) - rankOf(b));
}

/** The library's own names say more than PostHog's, and a beginning more than an end. */
function rankOf({ event: { event } }: TimelineEvent): number {
  if (event.startsWith('$')) return 2;
  return event.endsWith('response_completed') ? 1 : 0;
}

/** Feedback is told twice at once: by name, and as PostHog's metric. */
function together(moments: readonly TimelineEvent[]): [TimelineEvent, ...TimelineEvent[]][] {
  const groups: [TimelineEvent, ...TimelineEvent[]][] = [];
  for (const moment of [...moments].sort((a, b) => a.startMs - b.startMs || rankOf(a) - rankOf(b))) {
    const last = groups.at(-1);
    const isSame = moment.kind === 'feedback' && last?.[0].kind === 'feedback' && moment.startMs - last[0].startMs <= 5;
    if (isSame) last.push(moment);
    else groups.push([moment]);
  }
  return groups;
}

function branchOf(events: [TimelineEvent, ...TimelineEvent[]]): Branch {
  const durations = events.flatMap(({ durationMs }) => durationMs ?? []);
  return {
    events,
    startMs: Math.min(...events.map(({ startMs }) => startMs)),
    durationMs: durations.length === 0 ? null : Math.max(...durations),
    children: [],
  };
}

function byStart(a: Branch, b: Branch): number {
  return a.startMs - b.startMs || a.events[0].row.seq - b.events[0].row.seq;
}
