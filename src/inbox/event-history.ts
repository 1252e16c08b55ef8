import type { AnalyticsEvent, JsonObject } from '../event/analytics-event.js';

/** The most ids of each kind that are remembered; the oldest go first. */
const MOST_KNOWN = 20_000;

/** What earlier and later events say about one: who was merged with whom, and which traces PostHog can show. */
export class EventHistory {
  /** Id → the person that it was merged into. */
  private readonly merged = new Map<string, string>();
  /** Sessions that sent events without a user. */
  private readonly anonymousSessions = new Set<string>();
  /** Traces of which an `$ai_*` event came. */
  private readonly traces = new Set<string>();

  note({ event, distinctId, properties }: AnalyticsEvent): void {
    if (event === '$identify') this.noteMerge(properties.$anon_distinct_id, distinctId);
    if (event === '$create_alias') this.noteMerge(properties.alias, distinctId);
    if (event.startsWith('$ai_')) remember(this.traces, properties.$ai_trace_id);
    if (properties.is_anonymous === true) {
      remember(this.anonymousSessions, distinctId);
    }
  }

  /** The person that this id was merged into. */
  mergedInto(id: string): string | undefined {
    return this.merged.get(id);
  }

  /** Whether events came under this anonymous id. */
  hasAnonymous(id: string): boolean {
    return this.anonymousSessions.has(id);
  }

  hasTrace(id: string): boolean {
    return this.traces.has(id);
  }

  clear(): void {
    this.merged.clear();
    this.anonymousSessions.clear();
    this.traces.clear();
  }

  private noteMerge(from: JsonObject[string] | undefined, into: string): void {
    if (typeof from !== 'string' || !isShort(from) || !isShort(into) || from === into) return;
    this.merged.set(from, into);
    if (this.merged.size > MOST_KNOWN) this.merged.delete(this.merged.keys().next().value as string);
  }
}

function remember(known: Set<string>, id: unknown): void {
  if (typeof id !== 'string' || !isShort(id)) return;
  known.add(id);
  if (known.size > MOST_KNOWN) known.delete(known.keys().next().value as string);
}

/** No real id is longer, and long ones would make the bound by count none of memory. */
function isShort(id: string): boolean {
  return id.length <= 400;
}
