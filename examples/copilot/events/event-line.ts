import { stripVTControlCharacters, styleText } from 'node:util';
import type { AnalyticsEvent, JsonValue } from 'nestjs-agent-analytics';

type Format = Parameters<typeof styleText>[0];

/** One event as one line: time, name, person, conversation, outcome, and what else tells it from others. */
export function eventLine(event: AnalyticsEvent, coloured: boolean): string {
  const paint = (format: Format, text: string): string => (coloured ? styleText(format, text) : text);
  const { outcome, duration_ms, session_id } = event.properties;
  const details = Object.entries(event.properties)
    .filter(([key, value]) => isTelling(key, value))
    .map(([key, value]) => `${paint('dim', `${printable(key)}=`)}${valueText(value)}`);

  return [
    paint('dim', event.timestamp.slice(11, 23)),
    paint(colourOf(outcome), printable(event.event).padEnd(28)),
    paint('bold', person(event).padEnd(10)),
    paint('dim', tail(session_id).padEnd(7)),
    [...(outcome ? [valueText(outcome)] : []), ...(duration_ms ? [`${valueText(duration_ms)} ms`] : [])]
      .join(' ')
      .padEnd(15),
    details.join(' '),
  ]
    .join('  ')
    .trimEnd();
}

function colourOf(outcome: JsonValue | undefined): Format {
  if (outcome === 'error') return 'red';
  return outcome === 'aborted' ? 'yellow' : 'cyan';
}

function person({ distinctId, properties }: AnalyticsEvent): string {
  return properties['is_anonymous'] === true ? 'anonymous' : printable(distinctId);
}

/** The end of an id is enough to see which lines belong together. */
function tail(id: JsonValue | undefined): string {
  return typeof id === 'string' ? `…${printable(id).slice(-6)}` : '';
}

function isTelling(key: string, value: JsonValue): boolean {
  if (value === null || elsewhere.has(key)) return false;
  if (key.startsWith('$')) return key.startsWith('$ai_metric') || key === '$anon_distinct_id';
  return !(key === 'trigger' && value === 'chat');
}

/** Shown in a column of its own, or the same on every event of the demo. */
const elsewhere = new Set(['session_id', 'is_anonymous', 'outcome', 'duration_ms', 'environment', 'source']);

function valueText(value: JsonValue): string {
  if (typeof value === 'number') return String(value < 10 ? Math.round(value * 1_000) / 1_000 : Math.round(value));
  const text = printable(typeof value === 'string' ? value : JSON.stringify(value));
  return /\s/.test(text) ? JSON.stringify(text) : text.replace(uuid, '$1…');
}

/** Of an id of this length the eye reads only the beginning. */
const uuid = /\b([0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

/** Session ids and names come from outside: nothing of them may steer the terminal or forge a line. */
function printable(text: string): string {
  const plain = stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '');
  return plain.length > 120 ? `${plain.slice(0, 119)}…` : plain;
}
