const longestRead = 4_000;
const longestKept = 300;
const plausibleName = /^[\p{L}_$][\p{L}\p{N}_$.:-]{0,99}$/u;

/**
 * The class name of whatever was thrown: `TypeError`, `NotFoundException`; for what is no object its type:
 * `string`, `null`. `unknown` where even that can't be read. A `name` counts on errors only: on a plain object it may
 * be a person's. Never throws.
 */
export function errorType(error: unknown): string {
  if (error === null) return 'null';
  if (typeof error !== 'object' && typeof error !== 'function') return typeof error;
  try {
    const owner: unknown = error.constructor;
    const className = typeof owner === 'function' ? plausible(owner.name) : undefined;
    // These classes serve for many kinds of error, told apart by `name` (AbortError, TimeoutError, …).
    const isNamed = className === 'Error' || className === 'DOMException';
    if (className !== undefined && !isNamed) return className;
    const name = isNamed || error instanceof Error ? plausible((error as { name?: unknown }).name) : undefined;
    return name ?? className ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

/**
 * The message of whatever was thrown, fit to leave the house: at most 300 characters, with e-mail addresses,
 * credentials and long tokens masked. `null` where there is none. Never throws.
 */
export function redactedMessage(error: unknown): string | null {
  try {
    const message: unknown = typeof error === 'string' ? error : (error as { message?: unknown } | null)?.message;
    return typeof message === 'string' && message !== '' ? redactText(message) : null;
  } catch {
    return null;
  }
}

/** A text cut to 300 characters, with e-mail addresses, credentials and long tokens masked. */
export function redactText(text: string): string {
  let redacted = text.slice(0, longestRead);
  for (const [form, mask] of masks) redacted = redacted.replace(form, mask);
  return redacted.length > longestKept
    ? `${redacted.slice(0, longestKept - 1).toWellFormed()}…`
    : redacted.toWellFormed();
}

/** A text of any length with e-mail addresses and what is marked as a credential masked; ids stay as they are. */
export function maskCredentials(text: string): string {
  let masked = text;
  for (const [form, mask, sign] of masks) if (sign?.test(masked) === true) masked = masked.replace(form, mask);
  return masked;
}

// None of these can backtrack badly: each repeats one class of characters between fixed ends, within bounds.
// The third is what a text must hold for the form to be looked for in long texts; without it the form is too wide there.
const masks: readonly (readonly [form: RegExp, mask: string, sign?: RegExp])[] = [
  [/(\/\/)[^\s/@:]{0,256}:[^\s/@]{0,256}@/g, '$1[credentials]@', /@/],
  [/[\w.+%'-]{1,64}@[\p{L}\p{N}.-]{1,255}/gu, '[email]', /@/],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 [token]', /bearer|basic/i],
  [
    /\b((?:api[_-]?key|access[_-]?key|token|secret|password|passwd|pwd|authorization)["']?\s{0,3}[=:]\s{0,3})["']?[^\s"',;&]+/gi,
    '$1[token]',
    /key|token|secret|passw|pwd|authorization/i,
  ],
  [/\b(?:sk|pk|rk|phc|phx|ghp|gho|xox[abp]|key)[-_][\w-]{8,}/g, '[token]', /[-_]/],
  [/(?=[A-Za-z_+/=-]{0,200}\d)[\w+/=-]{24,}(?:\.[\w+/=-]+)*/g, '[token]'],
];

function plausible(name: unknown): string | undefined {
  return typeof name === 'string' && plausibleName.test(name) ? name : undefined;
}
