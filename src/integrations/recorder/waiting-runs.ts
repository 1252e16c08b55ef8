import type { AnalyticsContextValues } from '../../context/context-values.js';
import type { CallTotals } from '../../context/frame.js';
import type { Clock } from '../../event/clock.js';

/** An answer without which a run can't go on: a person's decision on a tool call, or a tool that the client executes. */
export interface AwaitedAnswer {
  /** By which the answer will be known: the approval's id, or the tool call's. */
  readonly id: string;
  readonly toolName: string;
  readonly toolCallId: string;
}

/** What an interrupted run had come to, for the run that goes on with it. */
export interface EarlierPart {
  /** The agent that it began with: after a handover another one goes on. */
  readonly agentName: string | undefined;
  readonly executionId: string;
  readonly durationMs: number;
  readonly totals: CallTotals;
}

export interface WaitingAnswer extends AwaitedAnswer {
  readonly part: EarlierPart;
  /** Wall clock, because people take their time: processes and machines may sleep. */
  readonly since: number;
}

/** Whose conversation an answer belongs to. */
type Asker = Pick<AnalyticsContextValues, 'sessionId' | 'userId'>;

const MOST_WAITING = 10_000;
const LONGEST_WAIT_MS = 24 * 60 * 60_000;

/**
 * The answers that interrupted runs of this process wait for; the oldest are forgotten, and nothing is told of them. An
 * id counts within its conversation only: models choose those of tool calls, some the same ones each time
 * (`functions.ask_user:0`), and clients send them back.
 */
export class WaitingRuns {
  private readonly answers = new Map<string, WaitingAnswer>();

  constructor(private readonly clock: Clock) {}

  get size(): number {
    return this.answers.size;
  }

  keep(awaited: readonly AwaitedAnswer[], part: EarlierPart, asker: Asker): void {
    const since = this.clock.now();
    for (const answer of awaited) this.answers.set(answerKey(answer.id, asker), { ...answer, part, since });
    for (const [key, { since: begun }] of this.answers) {
      if (this.answers.size <= MOST_WAITING && begun > since - LONGEST_WAIT_MS) return;
      this.answers.delete(key);
    }
  }

  /** The answer has come: it is waited for no more. `undefined` where nobody here waited for it. */
  take(id: string, asker: Asker): WaitingAnswer | undefined {
    const key = answerKey(id, asker);
    const waiting = this.answers.get(key);
    this.answers.delete(key);
    return waiting;
  }
}

/** An answer's id together with the person and the conversation, as far as they are known. */
export function answerKey(id: string, { sessionId, userId }: Asker): string {
  return JSON.stringify([sessionId, userId, id].map((part) => (part == null ? null : String(part))));
}
