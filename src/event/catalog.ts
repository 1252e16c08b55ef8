import { builtInEvents } from './built-in-events.js';
import { isLibraryProperty } from './library-properties.js';
import { schemaViolations, type SchemaInput, type StandardSchema } from './standard-schema.js';

/**
 * The types of `capture` and `@Track`: name the application's catalog in it.
 *
 * @example
 * export const events = defineEvents({ plan_upgraded: z.object({ plan: z.string() }) });
 * declare module 'nestjs-agent-analytics' {
 *   interface Register { events: typeof events }
 * }
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- filled by the application
export interface Register {}

/** The application's own events, declared once. */
export interface Catalog<Events extends EventSchemas = EventSchemas> {
  /** Each event's schema, for a tracking plan. */
  readonly events: Readonly<Events>;
  /**
   * What of this event is not as declared, one sentence each; empty where all is well. Never throws.
   *
   * The library's own events (under `prefix`) and PostHog's (`$…`) pass; so do the properties that the library adds.
   */
  check(event: string, properties: Readonly<Record<string, unknown>>, prefix?: string): string[];
}

export type EventSchemas = Readonly<Record<string, StandardSchema>>;

/** A catalog of events by their name on the wire; each schema, of any Standard Schema library, is a synchronous one. */
export function defineEvents<const Events extends EventSchemas>(events: Events): Catalog<Events> {
  const schemas = new Map<string, StandardSchema>(Object.entries(events));
  return {
    events,
    check(event, properties, prefix = 'copilot_') {
      const schema = schemas.get(event);
      if (schema !== undefined) return checkProperties(schema, properties);
      return isKnown(event, prefix) ? [] : ['it is not declared in the catalog'];
    },
  };
}

function isKnown(event: string, prefix: string): boolean {
  return (
    event.startsWith('$') || (event.startsWith(prefix) && Object.hasOwn(builtInEvents, event.slice(prefix.length)))
  );
}

/** A strict schema knows nothing of what the library adds, yet one may declare a name that the library uses too. */
function checkProperties(schema: StandardSchema, properties: Readonly<Record<string, unknown>>): string[] {
  const own = Object.entries(properties).filter(([key]) => !isLibraryProperty(key));
  const violations = schemaViolations(schema, Object.fromEntries(own));
  if (violations.length === 0 || own.length === Object.keys(properties).length) return violations;
  const withAll = schemaViolations(schema, { ...properties });
  return withAll.length < violations.length ? withAll : violations;
}

type Registered = Register extends { events: Catalog<infer Events> } ? Events : Record<never, StandardSchema>;

/** The names that the application has declared; any other string is accepted too. */
export type EventName = OrAnyString<keyof Registered>;
/** Keeps the names as suggestions: `Names | string` would swallow them. */
type OrAnyString<Names> = Names | (string & Record<never, never>);

/** Whether the application has declared this event. */
export type IsDeclared<Event extends string> = Event extends keyof Registered ? true : false;

/** The properties that `capture` takes with this event: its schema's input, or anything for an undeclared one. */
export type EventProperties<Event extends string> = Event extends keyof Registered
  ? SchemaInput<Registered[Event]>
  : Readonly<Record<string, unknown>>;

/** What follows the name in `capture(event, …)`: properties may be left out where none is required. */
export type CaptureArguments<Event extends string, Options> =
  Partial<EventProperties<Event>> extends EventProperties<Event>
    ? [properties?: EventProperties<Event>, options?: Options]
    : [properties: EventProperties<Event>, options?: Options];
