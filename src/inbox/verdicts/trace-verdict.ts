import type { AnalyticsEvent } from '../../event/analytics-event.js';
import { isUuid } from '../../event/uuid.js';
import type { EventHistory } from '../event-history.js';
import type { Verdict } from '../inbox-api.js';
import { cutText } from '../visible-text.js';
import type { VerdictSettings } from './verdict-settings.js';

/** Whether one gets from the event to its trace in AI observability. */
export function traceVerdict({ event, properties }: AnalyticsEvent, history: EventHistory): Verdict {
  const { $ai_trace_id: id } = properties;
  const isAi = event.startsWith('$ai_');
  if (typeof id !== 'string') {
    return isAi
      ? trace('warn', 'In no trace', 'It has no $ai_trace_id, so AI observability shows it beside all traces.')
      : trace('note', 'In no trace', 'It was emitted outside a run, so it has no link to AI observability.');
  }
  const items = [`trace ${cutText(id, 80)}`, ...spanOf(properties)];
  if (isAi) return trace('good', 'Shown in its trace', 'AI observability shows it in this trace.', items);
  if (history.hasTrace(id)) {
    return trace('good', 'Linked to its trace', 'It carries the id of a trace that AI observability shows.', items);
  }
  return trace(
    'note',
    'Its trace is empty',
    'It carries a trace id, but no $ai_ event of this trace has come so far: only those appear in AI observability.',
    items,
  );
}

/** Whether one gets from the event to the recording of the browser. */
export function replayVerdict({ properties }: AnalyticsEvent, settings: VerdictSettings): Verdict {
  const { $session_id: id } = properties;
  if (isUuid(id) && id[14] === '7') {
    return replay('good', 'Linked to its replay', 'It carries the web session of posthog-js.', [`web session ${id}`]);
  }
  if (id !== undefined && id !== null) {
    return replay(
      'bad',
      'No web session',
      "$session_id is no UUID v7, so PostHog can't link it: it is the web session of posthog-js, never a chat session.",
    );
  }
  if (settings.isStandalone === true) {
    return replay('note', 'No replay', 'It carries no $session_id, so it is not linked to a recording.');
  }
  const how = settings.posthogHeaders
    ? 'The request carried no X-POSTHOG-SESSION-ID.'
    : "Switch posthogHeaders on, and posthog-js's tracing headers in the browser, to have the link.";
  return replay('note', 'No replay', `It is not linked to a recording. ${how}`);
}

function spanOf(properties: AnalyticsEvent['properties']): string[] {
  const { $ai_span_id: span, $ai_parent_id: parent } = properties;
  return [
    ...(typeof span === 'string' ? [`span ${cutText(span, 80)}`] : []),
    ...(typeof parent === 'string' ? [`beneath ${cutText(parent, 80)}`] : []),
  ];
}

function trace(level: Verdict['level'], title: string, text: string, items?: readonly string[]): Verdict {
  return { topic: 'trace', level, title, text, ...(items !== undefined && { items }) };
}

function replay(level: Verdict['level'], title: string, text: string, items?: readonly string[]): Verdict {
  return { topic: 'replay', level, title, text, ...(items !== undefined && { items }) };
}
