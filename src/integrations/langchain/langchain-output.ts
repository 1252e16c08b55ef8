import { isDeepStrictEqual } from 'node:util';
import { chatMessage, goesOn, isCommand, messagesIn } from './langchain-messages.js';

/** What a run has answered: the last message of its state, or all of what has none. */
export function answerIn(output: unknown): unknown {
  const last = messagesIn(output)?.at(-1);
  return last == null ? output : [chatMessage(last)];
}

/**
 * The same, less what the run was given: a graph ends with its whole state, the user's question in it. Of one that goes
 * on after an interrupt it is not known what it was given.
 */
export function answerWithout(input: unknown, output: unknown): unknown {
  if (messagesIn(output)?.at(-1) != null) {
    const answer = answerIn(output);
    return isDeepStrictEqual(answer, answerIn(input)) ? undefined : answer;
  }
  if (isCommand(input) || goesOn(input) || isDeepStrictEqual(output, input)) return undefined;
  if (!isState(output)) return output;
  const given = typeof input === 'object' && input !== null ? (input as Readonly<Record<string, unknown>>) : {};
  const isGiven = ([key, value]: [string, unknown]) =>
    isDeepStrictEqual(value, input) || (Object.hasOwn(given, key) && isDeepStrictEqual(value, given[key]));
  return Object.fromEntries(Object.entries(output).filter((entry) => !isGiven(entry)));
}

function isState(output: unknown): output is object {
  return typeof output === 'object' && output !== null && Object.getPrototypeOf(output) === Object.prototype;
}
