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
  for (const { mask } of masks) redacted = mask(redacted);
  return redacted.length > longestKept
    ? `${redacted.slice(0, longestKept - 1).toWellFormed()}…`
    : redacted.toWellFormed();
}

/** A text of any length with e-mail addresses and what is marked as a credential masked; ids stay as they are. */
export function maskCredentials(text: string): string {
  let masked = text;
  for (const { mask, sign } of masks) if (sign?.test(masked) === true) masked = mask(masked);
  return masked;
}

/** Whether what is kept under this name is a credential: `password`, `apiKey`, `x-auth-token`. */
export function namesCredential(name: string): boolean {
  return credentialName.test(name);
}

interface Mask {
  readonly mask: (text: string) => string;
  /** What a text must hold for the form to be looked for in long texts; without it the form is too wide there. */
  readonly sign?: RegExp;
}

const credential =
  'api[_-]?key|access[_-]?key|private[_-]?key|token|secret|password|passwd|passphrase|pwd|authorization';
const credentialName = new RegExp(`(?:${credential})$`, 'i');
// JSON may stand in JSON: then its quotes have backslashes before them. They stay, so that it can still be parsed.
const assigned = new RegExp(
  String.raw`((?:${credential})(?:\\{0,7}["'])?\s{0,3}[=:]\s{0,3})` +
    String.raw`(?:(\\{0,7}["'])[^\n]{1,256}?(?<!\\)(?=\2)|[^\s"',;&]*[^\s"',;&\\])`,
  'gi',
);

// None of these can backtrack badly: each repeats one class of characters between fixed ends, within bounds.
const masks: readonly Mask[] = [
  masking(/(\/\/)[^\s/@:]{0,256}:[^\s/@]{0,256}@/g, '$1[credentials]@', /@/),
  { mask: maskEmails, sign: /@/ },
  masking(/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 [token]', /bearer|basic/i),
  masking(assigned, '$1$2[token]', /key|token|secret|passw|passphrase|pwd|authorization/i),
  masking(/\b(?:sk|pk|rk|phc|phx|ghp|gho|xox[abp]|key)[-_][\w-]{8,}/g, '[token]', /[-_]/),
  masking(/(?=[A-Za-z_+/=-]{0,200}\d)[\w+/=-]{24,}(?:\.[\w+/=-]+)*/g, '[token]'),
];

function masking(form: RegExp, mask: string, sign?: RegExp): Mask {
  return { mask: (text) => text.replace(form, mask), ...(sign !== undefined && { sign }) };
}

/** Read backwards from each `@`: a form that looks for a name first takes 64 steps at each letter of a long text. */
function maskEmails(text: string): string {
  const domain = /[\p{L}\p{N}.-]{1,255}/uy;
  let masked = '';
  let from = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at;
    while (start > from && at - start < 64 && /[\w.+%'-]/.test(text.charAt(start - 1))) start--;
    domain.lastIndex = at + 1;
    if (start === at || !domain.test(text)) continue;
    masked += `${text.slice(from, start)}[email]`;
    from = domain.lastIndex;
  }
  return masked + text.slice(from);
}

function plausible(name: unknown): string | undefined {
  return typeof name === 'string' && plausibleName.test(name) ? name : undefined;
}
