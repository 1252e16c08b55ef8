import { contextStorage } from '../../context/context-storage.js';
import type { FollowedCall } from './followed-call.js';
import { override } from './override.js';
import { watchPromise } from './watch-promise.js';

/**
 * Watches one iteration, asynchronous or not, of the iterator that the consumer is given. Arguments, results and errors
 * of each step stay what they are. Steps run in the call's own context: a generator's body runs where `next` is called.
 * `source` is what gave the iterator.
 */
export function followIterator<T extends object>(iterator: T, call: FollowedCall, source: object = iterator): T {
  const isFollowed = (['next', 'return', 'throw'] as const).every((name) =>
    override(iterator, name, (original) => {
      const see = name === 'return' ? sawLeave : sawStep;
      return (...args: unknown[]) => step(original, args, call, source, see);
    }),
  );
  if (!isFollowed) call.cannotFollow();
  return iterator;
}

type Step = Partial<IteratorResult<unknown, unknown>> | undefined;

function step(
  original: (...args: unknown[]) => unknown,
  args: unknown[],
  call: FollowedCall,
  source: object,
  see: (step: Step, call: FollowedCall, source: object) => void,
): unknown {
  call.consumerCame();
  let result: unknown;
  try {
    result = contextStorage.run(call.frame, original, ...args);
  } catch (error) {
    call.threw(error);
    throw error;
  }
  if (isPromiseLike(result)) {
    return watchPromise(
      result,
      (settled) => see(settled as Step, call, source),
      (error) => call.threw(error),
    );
  }
  see(result as Step, call, source);
  return result;
}

function sawStep(step: Step, call: FollowedCall, source: object): void {
  if (step?.done === true) call.exhausted(step.value, source);
  else call.chunk(step?.value);
}

/** `return` is the consumer's: it wants no more, unless a `finally` still yields. */
function sawLeave(step: Step, call: FollowedCall): void {
  if (step?.done === true) call.consumerLeft();
  else call.chunk(step?.value);
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}
