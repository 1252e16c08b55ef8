import { messages } from '../event/messages.js';
import { AnalyticsConfigurationError } from './configuration-error.js';
import { NOT_VALID, type SettingParser } from './setting-parsers.js';

/** Reads one variable of the environment; `undefined` where it is not set. */
export type ReadVariable = (name: string) => unknown;

/** A setting that stands in code or in a variable. */
export interface Setting<T> {
  readonly variable: string;
  readonly parser: SettingParser<unknown>;
  readonly fallback: T;
}

export function setting<T>(variable: string, parser: SettingParser<T>, fallback: NoInfer<T>): Setting<T> {
  return { variable, parser, fallback };
}

/** One without a default: `undefined` where it is not set. */
export function optionalSetting<T>(variable: string, parser: SettingParser<T>): Setting<T | undefined> {
  return { variable, parser, fallback: undefined };
}

/** The option's value, else the variable's, else the default. Throws `AnalyticsConfigurationError` for a malformed one. */
export function readSetting<T>(
  option: string,
  { variable, parser, fallback }: Setting<T>,
  inCode: unknown,
  read: ReadVariable,
): T {
  const raw = inCode ?? present(read(variable));
  if (raw === undefined) return fallback;
  const value = parser.parse(raw);
  if (value !== NOT_VALID) return value as T;
  const where = inCode === undefined ? variable : `the option ${option}`;
  throw new AnalyticsConfigurationError(messages.badSetting(where, shown(raw), parser.expected));
}

/** An option that stands in code only; `undefined` where it is absent. Throws as `readSetting` does. */
export function readOption<T>(option: string, raw: unknown, parser: SettingParser<T>): T | undefined {
  if (raw === undefined || raw === null) return undefined;
  const value = parser.parse(raw);
  if (value === NOT_VALID) throw badOption(option, raw, parser.expected);
  return value;
}

export function badOption(option: string, found: unknown, expected: string): AnalyticsConfigurationError {
  return new AnalyticsConfigurationError(messages.badSetting(`the option ${option}`, shown(found), expected));
}

/** A variable that is set to nothing counts as not set. */
export function present(raw: unknown): unknown {
  return raw === null || (typeof raw === 'string' && raw.trim() === '') ? undefined : raw;
}

/** Throws for an option that is not known, with the one that may have been meant. */
export function refuseUnknown(options: object, known: readonly string[], within = ''): void {
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown === undefined) return;
  const plain = (name: string) => name.toLowerCase().replaceAll('_', '');
  const nearest = known.find((name) => plain(name) === plain(unknown));
  throw new AnalyticsConfigurationError(messages.unknownOption(within + unknown, nearest && within + nearest));
}

/** A value as it may stand in a message: short, and never a key that ended up in the wrong variable. */
export function shown(raw: unknown): string {
  if (raw === null || ['number', 'boolean', 'bigint', 'undefined'].includes(typeof raw)) return String(raw);
  if (typeof raw === 'object') return Array.isArray(raw) ? 'a list' : 'an object';
  if (typeof raw !== 'string') return `a ${typeof raw}`;
  const text = raw.replace(/ph[cx]_\w+/g, 'ph?_…').replace(/\/\/[^/@]*@/, '//…@');
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
