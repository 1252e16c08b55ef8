/** The words of a text that say what it is about, in lower case and without a plural s. */
export function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/\p{L}[\p{L}\p{N}]+/gu) ?? [];
  return new Set(words.filter((word) => !fillers.has(word)).map((word) => word.replace(/(?<=..)s$/, '')));
}

const fillers = new Set(
  'a an and any are at by can could do does every find for from have how i if in into is it me my of on or please run search show start that the them then this to use was what when which with you your agent agents'.split(
    ' ',
  ),
);
