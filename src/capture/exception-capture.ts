import { currentFrame } from '../context/context-storage.js';
import type { EventRecord } from '../delivery/event-record.js';
import type { JsonValue } from '../event/analytics-event.js';
import { copyProperties } from '../event/json-value.js';
import { errorType, redactedMessage, redactText } from '../event/redaction.js';
import { timeOf, type EventCapture } from './event-capture.js';
import type { EventDetails } from './event-details.js';
import { redactedError } from './redacted-error.js';

/** What is used of posthog-node's client: it parses stacks and chains of causes. */
export interface ExceptionClient {
  captureExceptionImmediate(
    error: unknown,
    distinctId: string,
    properties: Readonly<Record<string, unknown>>,
  ): Promise<void>;
}

/** The property by which an exception that the client has built finds its record again; it never goes out. */
const TICKET = '$nestjs_agent_analytics_ticket';

interface Waiting {
  readonly record: Omit<EventRecord, 'properties'>;
  readonly given: EventRecord['properties'];
  /** What may be told of what was thrown. */
  readonly told: unknown;
}

/**
 * Exceptions: posthog-node builds `$exception_list` in the background, the record stays ours, so that the person, the
 * session and the trace are those of the moment of the call.
 */
export class ExceptionCapture {
  private readonly waiting = new Map<string, Waiting>();
  private readonly pending = new Set<Promise<void>>();
  private tickets = 0;

  constructor(
    private readonly eventCapture: EventCapture,
    private readonly client: () => Promise<ExceptionClient>,
  ) {}

  capture(error: unknown, details: EventDetails): void {
    const { clock, captureErrorMessages } = this.eventCapture;
    const context = this.eventCapture.valuesFor(currentFrame());
    if (context.track === false) return this.eventCapture.refuse('no_consent', { event: '$exception' });
    const ticket = String(++this.tickets);
    const told = captureErrorMessages ? error : redactedError(error);
    const record = {
      event: '$exception',
      time: timeOf(details.timestamp, clock),
      context,
      userId: details.userId ?? undefined,
      sessionId: details.sessionId ?? undefined,
      groups: details.groups && { ...details.groups },
      traceId: context.traceId,
      parentSpanId: context.parentSpanId,
      dedupKey: details.dedupKey,
    };
    this.waiting.set(ticket, { record, given: copyProperties(details.properties), told });
    const built = this.client()
      .then((client) => client.captureExceptionImmediate(told, TICKET, { [TICKET]: ticket }))
      .catch(() => undefined)
      .then(() => {
        this.pending.delete(built);
        this.waiting.delete(ticket);
      });
    this.pending.add(built);
  }

  /** Takes what the client has built, if it is one of ours, and records it. */
  claim(properties: Readonly<Record<string, unknown>>): boolean {
    const ticket = properties[TICKET];
    const waiting = typeof ticket === 'string' ? this.waiting.get(ticket) : undefined;
    if (typeof ticket !== 'string') return false;
    if (waiting === undefined) return true;
    this.waiting.delete(ticket);
    const exception = Object.entries(properties).filter(([key]) => key.startsWith('$exception_'));
    this.record(waiting, Object.fromEntries(exception));
    return true;
  }

  /** The process ends: records what the client has not built yet, with the type and the message alone. */
  finish(): void {
    for (const waiting of this.waiting.values()) {
      const { told } = waiting;
      const exception = { type: errorType(told), value: redactedMessage(told) ?? '' };
      const mechanism = { type: 'generic', handled: true, synthetic: false };
      this.record(waiting, { $exception_list: [{ ...exception, mechanism }] });
    }
    this.waiting.clear();
  }

  /** Resolves when every exception captured so far has been recorded. Never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.pending);
  }

  private record({ record, given }: Waiting, exception: Readonly<Record<string, unknown>>): void {
    const measured = copyProperties(exception);
    maskMessages(measured.$exception_list);
    this.eventCapture.record({ ...record, properties: given, measured });
  }
}

/** The messages of an exception and its causes, masked as every message that goes out. */
function maskMessages(exceptions: JsonValue | undefined): void {
  if (!Array.isArray(exceptions)) return;
  for (const exception of exceptions) {
    if (typeof exception !== 'object' || exception === null || Array.isArray(exception)) continue;
    if (typeof exception.value === 'string') exception.value = redactText(exception.value);
  }
}
