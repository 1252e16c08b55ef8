import type { AnalyticsEvent, EventSink } from 'nestjs-agent-analytics';

export type CallEnding = 'success' | 'error' | 'aborted';
const endings: readonly CallEnding[] = ['success', 'error', 'aborted'];

/** What the book finds wrong; all of it should be 0. */
export interface Mistakes {
  wrongPerson: number;
  wrongSession: number;
  wrongTrace: number;
  wrongOutcome: number;
  missing: number;
  doubled: number;
  unknown: number;
}

export const people = {
  session: (conversation: number): string => `session-${conversation}`,
  user: (conversation: number, users: number): string => `user-${conversation % users}`,
};

/**
 * Who each call is really for and how it really ends, written down by whoever makes it, beside all contexts; and what
 * the events say. It grows with no call: its pages are there before the first.
 */
export class CallBook implements EventSink {
  events = 0;
  calls = 0;
  readonly ended: Record<CallEnding, number> = { success: 0, error: 0, aborted: 0 };
  private readonly conversations: Int32Array;
  private readonly messages: Int32Array;
  private readonly outcomes: Uint8Array;
  /** The events of each call: its end counts 1, its start (of messages) 16. */
  private readonly seen: Uint8Array;
  private readonly due: Uint8Array;
  /** The trace of each message and all beneath it, as a number. */
  private readonly traces: Uint32Array;
  private readonly found = { wrongPerson: 0, wrongSession: 0, wrongTrace: 0, wrongOutcome: 0, unknown: 0 };

  constructor(
    readonly capacity: number,
    private readonly users: number,
  ) {
    this.conversations = new Int32Array(capacity);
    this.messages = new Int32Array(capacity);
    this.outcomes = new Uint8Array(capacity);
    this.seen = new Uint8Array(capacity);
    this.due = new Uint8Array(capacity);
    this.traces = new Uint32Array(capacity);
  }

  /** A call of a message begins a conversation's turn. */
  message(conversation: number, ending: CallEnding): number {
    const id = this.enter(conversation, ending, this.calls);
    this.due[id] = 17;
    return id;
  }

  /** A call beneath a message. */
  beneath(message: number, ending: CallEnding): number {
    const id = this.enter(this.conversations[message] ?? 0, ending, message);
    this.due[id] = 1;
    return id;
  }

  write(events: readonly AnalyticsEvent[]): Promise<void> {
    for (const event of events) this.look(event);
    return Promise.resolve();
  }

  mistakes(): Mistakes {
    let [missing, doubled] = [0, 0];
    for (let id = 0; id < this.calls; id++) {
      const [seen = 0, due = 0] = [this.seen[id], this.due[id]];
      if ((seen & 15) < (due & 15) || seen >> 4 < due >> 4) missing++;
      if ((seen & 15) > (due & 15) || seen >> 4 > due >> 4) doubled++;
    }
    return { ...this.found, missing, doubled };
  }

  private enter(conversation: number, ending: CallEnding, message: number): number {
    if (this.calls === this.capacity) throw new RangeError('the book is full');
    const id = this.calls++;
    this.conversations[id] = conversation;
    this.messages[id] = message;
    this.outcomes[id] = endings.indexOf(ending);
    this.ended[ending]++;
    return id;
  }

  private look({ event, distinctId, properties }: AnalyticsEvent): void {
    this.events++;
    const id = properties.call_id;
    if (typeof id !== 'number' || id >= this.calls) return void this.found.unknown++;
    const isStart = event === 'copilot_message_sent';
    this.seen[id] = (this.seen[id] ?? 0) + (isStart ? 16 : 1);
    const conversation = this.conversations[id] ?? 0;
    if (distinctId !== people.user(conversation, this.users)) this.found.wrongPerson++;
    if (properties.session_id !== people.session(conversation)) this.found.wrongSession++;
    if (!isStart && properties.outcome !== endings[this.outcomes[id] ?? 0]) this.found.wrongOutcome++;
    const message = this.messages[id] ?? 0;
    const trace = numberOf(JSON.stringify(properties.$ai_trace_id ?? null));
    this.traces[message] ||= trace;
    if (this.traces[message] !== trace) this.found.wrongTrace++;
  }
}

/** FNV-1a, never 0. */
function numberOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0 || 1;
}
