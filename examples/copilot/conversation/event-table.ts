import { stripVTControlCharacters } from 'node:util';
import type { AnalyticsEvent } from 'nestjs-agent-analytics';

/** The events as a table, in the order they happened. */
export function eventTable(events: readonly AnalyticsEvent[]): string {
  const rows = [...events].sort((a, b) => a.timestamp.localeCompare(b.timestamp)).map(row);
  const header = ['time', 'event', 'person', 'outcome', 'ms', 'what'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return [header, widths.map((width) => '─'.repeat(width)), ...rows]
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function row({ timestamp, event, distinctId, properties }: AnalyticsEvent): string[] {
  const duration = properties['duration_ms'];
  return [
    timestamp.slice(11, 23),
    event,
    distinctId.replace(/^anonymous_.*/, 'anonymous'),
    asText(properties['outcome']),
    typeof duration === 'number' ? String(Math.round(duration)) : '',
    telling
      .map((key) => [key, asText(properties[key])])
      .filter(([key, value]) => value !== '' && !(key === 'trigger' && value === 'chat'))
      .map((pair) => pair.join('='))
      .join(' '),
  ].map(printable);
}

const telling = [
  'message_length',
  'tool_name',
  'graph_name',
  'cron',
  'trigger_type',
  'trigger',
  'failure_reason',
  'abort_reason',
  'rating',
  '$ai_metric_value',
];

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .slice(0, 160);
}
