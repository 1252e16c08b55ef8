import type { VerdictLevel } from '../inbox-api.js';

/** `GET api/conversations/<session>/timeline`: one session as it went, oldest first. */
export interface Conversation {
  readonly session: string;
  /** Names the run of the server that the `seq` of its events belong to. */
  readonly boot: string;
  /** The first moment, ISO 8601. */
  readonly at: string;
  /** From the first moment to the last, in milliseconds. */
  readonly durationMs: number;
  readonly people: readonly Person[];
  readonly totals: ConversationTotals;
  readonly turns: readonly Turn[];
  /** Older events that are left out, because there are more than one answer holds. */
  readonly hidden: number;
}

export interface Person {
  readonly id: string;
  readonly isAnonymous: boolean;
}

/** `null` where nothing is known. */
export interface ConversationTotals {
  readonly events: number;
  readonly messages: number;
  readonly tools: number;
  readonly modelCalls: number;
  readonly runs: number;
  /** Nodes that ended as an error, were aborted, or the like. */
  readonly failed: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
}

/** What belongs together: a trace, or one event outside all traces. */
export interface Turn {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly person: Person;
  /** How long its waterfall is; 0 where nothing in it takes time. */
  readonly scaleMs: number;
  /** Depth first, each parent before its children. */
  readonly nodes: readonly TimelineNode[];
}

export type NodeKind =
  'message' | 'run' | 'tool' | 'model' | 'span' | 'decision' | 'feedback' | 'setup' | 'fired' | 'identify' | 'event';

/** One thing that happened, told by one or several events. */
export interface TimelineNode {
  readonly kind: NodeKind;
  /** 0 for what lies in nothing else. */
  readonly depth: number;
  readonly title: string;
  /** A few more words; empty where there are none. */
  readonly note: string;
  /** After the beginning of its turn. */
  readonly startMs: number;
  /** `null` for a moment. */
  readonly durationMs: number | null;
  /** Until the first chunk or token. */
  readonly firstMs: number | null;
  readonly outcome: string | null;
  /** Whether it did not end as it should. */
  readonly isFailed: boolean;
  /** Of an error or an end before the end. */
  readonly reason: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
  /** The worst of its events' verdicts. */
  readonly level: VerdictLevel;
  readonly isDropped: boolean;
  /** The one that says most first. */
  readonly events: readonly NodeEvent[];
}

interface NodeEvent {
  readonly seq: number;
  readonly event: string;
}
