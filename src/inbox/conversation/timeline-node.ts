import type { JsonObject } from '../../event/analytics-event.js';
import { builtInName } from '../built-in-name.js';
import { worstLevel } from '../verdict-level.js';
import type { TimelineNode } from './conversation-api.js';
import { nodeTexts, textOf } from './node-texts.js';
import { positive, seconds } from './timeline-event.js';
import type { Branch } from './timeline-tree.js';

const MOST_NAMED = 12;
/** With these a thing ended as it should, or goes on elsewhere. */
const fine: ReadonlySet<string> = new Set(['success', 'queued', 'interrupted']);

/** A branch as it is shown; `originMs` is when its turn began. */
export function timelineNode(branch: Branch, depth: number, originMs: number): TimelineNode {
  const { events } = branch;
  const [main] = events;
  const properties = propertiesOf(branch);
  const outcome = textOf(properties, ['outcome']) || null;
  const isFailed = (outcome !== null && !fine.has(outcome)) || isBadMoment(main.row.event);
  return {
    kind: main.kind,
    depth,
    ...nodeTexts(main, properties),
    startMs: branch.startMs - originMs,
    durationMs: branch.durationMs,
    firstMs: positive(properties.time_to_first_chunk_ms) ?? seconds(properties, '$ai_time_to_first_token'),
    outcome,
    isFailed,
    reason: isFailed ? textOf(properties, ['abort_reason', 'failure_reason', 'error_type', '$ai_error']) || null : null,
    inputTokens: positive(properties.input_tokens ?? properties.$ai_input_tokens),
    outputTokens: positive(properties.output_tokens ?? properties.$ai_output_tokens),
    costUsd: positive(properties.cost_usd ?? properties.$ai_total_cost_usd),
    level: worstLevel(events.map(({ row }) => row)),
    isDropped: events.some(({ row }) => row.state === 'dropped'),
    events: events.slice(0, MOST_NAMED).map(({ row }) => ({ seq: row.seq, event: row.event })),
  };
}

/** Of all its events; what the first says counts, `null` says nothing. */
function propertiesOf({ events }: Branch): JsonObject {
  const all = Object.create(null) as JsonObject;
  for (const { event } of events) {
    for (const [key, value] of Object.entries(event.properties)) {
      if (value !== null && all[key] === undefined) all[key] = value;
    }
  }
  return all;
}

function isBadMoment(event: string): boolean {
  const name = builtInName(event);
  return event === '$exception' || name === 'message_blocked' || name === 'response_stopped';
}
