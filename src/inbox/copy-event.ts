import type { AnalyticsEvent } from '../event/analytics-event.js';
import { eventJson } from '../event/fit-event.js';
import type { CopyFormat } from './inbox-api.js';
import { stableProperties, testLine } from './test-line.js';
import { escapeUnseen, unicodeEscape } from './visible-text.js';

/** The event as a text to paste: the wire's JSON, a curl command, or a line of a test. */
export function copyEvent(event: AnalyticsEvent, format: CopyFormat, host: string): string {
  switch (format) {
    case 'json':
      return escapeUnseen(JSON.stringify(JSON.parse(eventJson(event)), null, 2));
    case 'curl':
      return curlCommand(event, host);
    case 'test':
      return testLine(event.event, stableProperties(event.properties));
  }
}

export function isCopyFormat(format: string | undefined): format is CopyFormat {
  return format === 'json' || format === 'curl' || format === 'test';
}

/** Linux takes no argument above 128 KiB; a shell's own printf does. */
const LONGEST_ARGUMENT = 100_000;

/**
 * A command that sends the event again, with the key of the variable POSTHOG_API_KEY.
 *
 * Nothing of the event can end the quotes or reach the terminal: quotes, `!` and everything unseen are escapes of
 * JSON, and in single quotes a POSIX shell reads nothing else.
 */
function curlCommand(event: AnalyticsEvent, host: string): string {
  const json = shellSafe(eventJson(event));
  const body = `'{"api_key":"'"$POSTHOG_API_KEY"'",${json.slice(1)}'`;
  const url = shellSafe(`${host}/i/v0/e/`);
  const curl = `curl -sS -X POST '${url}' -H 'content-type: application/json'`;
  if (body.length <= LONGEST_ARGUMENT) return `${curl} --data-binary ${body}`;
  return `printf '%s' ${body} | ${curl} --data-binary @-`;
}

function shellSafe(json: string): string {
  return escapeUnseen(json).replace(/['!]/g, unicodeEscape);
}
