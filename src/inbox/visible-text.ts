/** Control and format characters, private ones, line separators, lone surrogates: what a reader can't see or is misled by. */
export const unseen = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The escape of JSON and JavaScript for one character: \u202e, for the rarer planes as a pair. */
export function unicodeEscape(character: string): string {
  let escaped = '';
  for (let index = 0; index < character.length; index++) {
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return escaped;
}

/**
 * The text with all that is unseen as escapes, line breaks left alone. In JSON and JavaScript these stand in texts only,
 * so there it means the same.
 */
export function escapeUnseen(text: string): string {
  return text.replace(unseen, (character) => (character === '\n' ? character : unicodeEscape(character)));
}

/** At most `length` UTF-16 units, as a text of its own: a plain slice would keep the whole text alive. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${Buffer.from(text.slice(0, length - 1).toWellFormed()).toString()}…`;
}
