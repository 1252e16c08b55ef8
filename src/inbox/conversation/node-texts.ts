import type { JsonObject } from '../../event/analytics-event.js';
import { cutText } from '../visible-text.js';
import type { TimelineEvent } from './timeline-event.js';

const LONGEST_TEXT = 120;

/** What a reader calls a node, and a few words more. */
export interface NodeTexts {
  readonly title: string;
  readonly note: string;
}

/** `main` is the event that says most; `properties` are those of all events of the node. */
export function nodeTexts({ kind, event, row }: TimelineEvent, properties: JsonObject): NodeTexts {
  const text = (...keys: string[]): string => textOf(properties, keys);
  const name = row.event;
  const graph = text('graph_name', 'graph_id');
  switch (kind) {
    case 'message':
      if (name.endsWith('blocked')) return { title: 'Message blocked', note: text('reason') };
      if (name.endsWith('stopped')) return { title: 'Stopped by the user', note: '' };
      return { title: 'Message', note: lengthText(properties.message_length) };
    case 'tool':
      return { title: text('tool_name', '$ai_span_name') || name, note: '' };
    case 'run':
      return {
        title: graph || text('$ai_span_name') || name,
        note: name.endsWith('started') ? 'in the background' : '',
      };
    case 'model':
      return {
        title: text('$ai_model') || name,
        note: text('$ai_tools_called') && `calls ${text('$ai_tools_called')}`,
      };
    case 'span':
      return { title: text('$ai_span_name') || name, note: '' };
    case 'decision':
      return { title: `${text('decision') || 'decided'}: ${text('tool_name') || 'a tool'}`, note: 'by the user' };
    case 'feedback':
      return { title: `Feedback: ${text('rating', '$ai_metric_value', '$ai_feedback_text')}`, note: '' };
    case 'setup':
      return { title: text('schedule_name') || graph || name, note: text('cron', 'trigger_type') || name };
    case 'fired':
      return {
        title: name.endsWith('trigger_fired') ? 'Trigger fired' : 'Schedule fired',
        note: text('trigger_type', 'graph_id'),
      };
    case 'identify':
      return { title: `Signs in as ${cutText(event.distinctId, LONGEST_TEXT)}`, note: text('$anon_distinct_id') };
    case 'event':
      return { title: name, note: row.gist };
  }
}

/** The first of these properties that is a text or a number. */
export function textOf(properties: JsonObject, keys: readonly string[]): string {
  for (const key of keys) {
    const value = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if ((typeof value === 'string' && value !== '') || typeof value === 'number')
      return cutText(String(value), LONGEST_TEXT);
  }
  return '';
}

function lengthText(length: unknown): string {
  if (typeof length !== 'number') return '';
  return length === 1 ? '1 character' : `${length} characters`;
}
