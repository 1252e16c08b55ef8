import { Fragment } from 'preact';

const unseen = /([\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\p{Cs}])/u;
/** Joins emoji and scripts; on its own it misleads nobody. */
const harmless = new Set(['\u200d', '\ufe0f']);

/** A text with every character that one can't see, or that turns others around, written as its code. */
export function VisibleText({ text }: { text: string }) {
  if (!unseen.test(text)) return <>{text}</>;
  const parts = text.split(unseen);
  return (
    <>
      {parts.map((part, place) =>
        place % 2 === 1 && !harmless.has(part) ? (
          <span key={place} class="unseen">
            {nameOf(part)}
          </span>
        ) : (
          <Fragment key={place}>{part}</Fragment>
        ),
      )}
    </>
  );
}

/** The same as plain text, at most so many characters of it: for what is drawn, not written. */
export function visibleText(text: string, most: number): string {
  const parts = text.slice(0, most * 4).split(unseen);
  const shown = parts.map((part, place) => (place % 2 === 1 && !harmless.has(part) ? `‹${nameOf(part)}›` : part));
  const characters = [...shown.join('')];
  return characters.length <= most ? characters.join('') : `${characters.slice(0, most - 1).join('')}…`;
}

function nameOf(character: string): string {
  const known = { '\n': '⏎', '\t': '⇥' }[character];
  return known ?? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
