/** What a parser answers for a value that it does not take. */
export const NOT_VALID = Symbol('not valid');

/** Reads a raw setting, from code or from the environment. */
export interface SettingParser<T> {
  /** What is expected, to end "expected …". */
  readonly expected: string;
  parse(raw: unknown): T | typeof NOT_VALID;
}

export const text: SettingParser<string> = {
  expected: 'a text',
  parse: (raw) => (typeof raw === 'string' ? raw : NOT_VALID),
};

/** For what stands in code only. */
export const trueOrFalse: SettingParser<boolean> = {
  expected: 'true or false',
  parse: (raw) => (typeof raw === 'boolean' ? raw : NOT_VALID),
};

export const flag: SettingParser<boolean> = {
  expected: 'true or false',
  parse(raw) {
    if (typeof raw === 'boolean') return raw;
    const word = typeof raw === 'string' ? raw.trim().toLowerCase() : '';
    if (['true', '1', 'yes', 'on'].includes(word)) return true;
    return ['false', '0', 'no', 'off'].includes(word) ? false : NOT_VALID;
  },
};

export function number(from: number, to: number, unit: string): SettingParser<number> {
  return {
    expected: `a number from ${from} to ${to}${unit && ` (${unit})`}`,
    parse(raw) {
      const value = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
      return typeof value === 'number' && value >= from && value <= to ? value : NOT_VALID;
    },
  };
}

export function integer(from: number, to: number, unit: string): SettingParser<number> {
  const any = number(from, to, unit);
  return {
    expected: any.expected.replace('a number', 'a whole number'),
    parse(raw) {
      const value = any.parse(raw);
      return typeof value === 'number' && Number.isInteger(value) ? value : NOT_VALID;
    },
  };
}

export function oneOf<const T extends string>(...words: readonly T[]): SettingParser<T> {
  return {
    expected: words.length === 1 ? `"${words[0]}"` : `one of ${words.map((word) => `"${word}"`).join(', ')}`,
    parse: (raw) => (words.includes(raw as T) ? (raw as T) : NOT_VALID),
  };
}

/** The start of PostHog's address, without a slash at its end. */
export const hostUrl: SettingParser<string> = {
  expected: 'an address like https://eu.i.posthog.com',
  parse(raw) {
    if (typeof raw !== 'string' || !URL.canParse(raw)) return NOT_VALID;
    const url = new URL(raw);
    const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
    return isPlain && /^https?:$/.test(url.protocol) ? url.href.replace(/\/+$/, '') : NOT_VALID;
  },
};

/** The beginning of event names. */
export const prefix: SettingParser<string> = {
  expected: 'letters, digits, "_", "-" or "." (it may be empty in code)',
  parse: (raw) => (typeof raw === 'string' && /^[\w.-]{0,50}$/.test(raw) ? raw : NOT_VALID),
};

/** A function; what it takes and gives is left to its type. */
export function callback<T>(): SettingParser<T> {
  return { expected: 'a function', parse: (raw) => (typeof raw === 'function' ? (raw as T) : NOT_VALID) };
}

/** An object with these methods. */
export function objectWith<T extends object>(
  expected: string,
  ...methods: readonly (string & keyof T)[]
): SettingParser<T> {
  return {
    expected,
    parse(raw) {
      if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return NOT_VALID;
      const isComplete = methods.every((method) => typeof (raw as Partial<T>)[method] === 'function');
      return isComplete ? (raw as T) : NOT_VALID;
    },
  };
}

export function listOf<T>(expected: string, each: SettingParser<T>): SettingParser<readonly T[]> {
  return {
    expected,
    parse(raw) {
      const isList = Array.isArray(raw) && raw.every((item) => each.parse(item) !== NOT_VALID);
      return isList ? (raw as readonly T[]) : NOT_VALID;
    },
  };
}
