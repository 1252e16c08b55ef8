import type { JsonObject } from '../event/analytics-event.js';
import { builtInEvents, type BuiltInEvent } from '../event/built-in-events.js';
import { copyToJson } from '../event/json-value.js';
import type { MeasuredDetails } from './event-details.js';

/**
 * What a `track…` method's argument says of the event's declared and measured properties: camelCase there,
 * snake_case here, unknown ones `null`.
 */
export function declaredDetails(event: BuiltInEvent, details: object): JsonObject {
  const given = details as Record<string, unknown> & MeasuredDetails;
  const declared: JsonObject = {};
  for (const property of builtInEvents[event]) declared[property] = copyToJson(given[camelCase(property)]) ?? null;
  if (given.outcome !== undefined) declared['outcome'] = given.outcome;
  if (given.durationMs !== undefined) declared['duration_ms'] = given.durationMs;
  if (given.errorType !== undefined) declared['error_type'] = given.errorType;
  return declared;
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
