import type { JsonObject } from '../event/analytics-event.js';
import { builtInEvents, type BuiltInEvent } from '../event/built-in-events.js';
import { copyToJson } from '../event/json-value.js';

/** A declared property by the two names that applications give it. */
export interface DeclaredProperty {
  readonly name: string;
  readonly camelName: string;
}

/** The declared properties of an event, ready to be looked for: made once, at decoration. */
export function declaredProperties(event: BuiltInEvent): readonly DeclaredProperty[] {
  return builtInEvents[event].map((name) => ({ name, camelName: camelCase(name) }));
}

/**
 * The declared properties of a call, each from the result, then from each argument in order: an allow-list, so that no
 * payload goes out. Only an object's own data of a primitive type counts; no getter is called. What is unknown stays
 * away. On the hot path.
 */
export function fillDeclared(
  declared: readonly DeclaredProperty[],
  result: unknown,
  args: readonly unknown[],
): JsonObject {
  const filled: JsonObject = {};
  for (const property of declared) {
    let value = primitiveOf(result, property);
    for (let index = 0; value === undefined && index < args.length; index++) value = primitiveOf(args[index], property);
    if (value !== undefined) filled[property.name] = copyToJson(value) ?? null;
  }
  return filled;
}

/** `findAgent` → `find_agent`, `getHTTPResponse` → `get_http_response`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toLowerCase();
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

type Primitive = string | number | boolean | bigint;

function primitiveOf(source: unknown, { name, camelName }: DeclaredProperty): Primitive | undefined {
  if (typeof source !== 'object' || source === null) return undefined;
  try {
    return ownPrimitive(source, camelName) ?? ownPrimitive(source, name);
  } catch {
    // A proxy that refuses to be looked at.
    return undefined;
  }
}

function ownPrimitive(source: object, key: string): Primitive | undefined {
  if (!Object.hasOwn(source, key)) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(source, key)?.value;
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
      return value;
    default:
      return undefined;
  }
}
