import type { AnalyticsContextValues } from './context-values.js';
import type { Frame } from './frame.js';

type Mutable = { -readonly [K in keyof AnalyticsContextValues]: AnalyticsContextValues[K] };

/**
 * The values of a frame, its carrier asked for the person where that is still open. What has been found once stays,
 * except a session that is refused for the user who has come since.
 */
export function valuesOf(frame: Frame): AnalyticsContextValues {
  const source = frame.identity;
  if (source === undefined) return frame.values;
  const found = source(frame.values.userId);
  if (found === undefined) return frame.values;
  const isWithdrawn = found.sessionId === null && frame.claim !== undefined && frame.values.sessionId === frame.claim;
  frame.values = fillAbsent(isWithdrawn ? { ...frame.values, sessionId: null } : frame.values, found);
  frame.claim ??= found.sessionId ?? undefined;
  if (frame.values.userId != null) frame.identity = undefined;
  return frame.values;
}

/**
 * `values` with what is absent taken from `more`: the same object where nothing is new.
 * Properties, groups and flags are filled key by key; `track: false` always wins.
 */
export function fillAbsent(values: AnalyticsContextValues, more: AnalyticsContextValues): AnalyticsContextValues {
  let filled: Mutable | undefined;
  for (const key of Object.keys(more) as (keyof AnalyticsContextValues)[]) {
    const value = more[key];
    if (value == null || (values[key] != null && !isMap(key) && key !== 'track')) continue;
    if (key === 'track' && value !== false) continue;
    const next = isMap(key) ? fillMap(values[key] as ValueMap | undefined, value as ValueMap) : value;
    if (next === values[key]) continue;
    filled ??= { ...values };
    (filled as Record<string, unknown>)[key] = next;
  }
  return filled ?? values;
}

/** Which identity `more` would change, if any: the second user or session that `set` refuses. */
export function conflictOf(
  values: AnalyticsContextValues,
  more: AnalyticsContextValues,
): 'userId' | 'sessionId' | undefined {
  if (differs(values.userId, more.userId)) return 'userId';
  if (differs(values.sessionId, more.sessionId)) return 'sessionId';
  return undefined;
}

type ValueMap = Readonly<Record<string, unknown>>;

function isMap(key: keyof AnalyticsContextValues): boolean {
  return key === 'properties' || key === 'groups' || key === 'flags';
}

function fillMap(known: ValueMap | undefined, more: ValueMap): ValueMap {
  if (known === undefined) return { ...more };
  const isNew = Object.keys(more).some((key) => !(key in known));
  return isNew ? { ...more, ...known } : known;
}

function differs(known: string | null | undefined, given: string | null | undefined): boolean {
  return known != null && given != null && known !== given;
}
