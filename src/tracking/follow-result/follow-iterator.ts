import { contextStorage } from '../../context/context-storage.js';
import type { FollowedCall } from './followed-call.js';
import { override } from './override.js';
import { watchPromise } from './watch-promise.js';

/**
 * Watches one iteration, asynchronous or not, of the iterator that the consumer is given. Arguments, results and errors
 * of each step stay what they are. Steps run in the call's own context: a generator's body runs where `next` is called.
 */
export function followIterator<T extends object>(iterator: T, call: FollowedCall): T {
  const isFollowed = (['next', 'return', 'throw'] as const).every((name) =>
    override(iterator, name, (original) => {
      const see = name === 'return' ? sawLeave : sawStep;
      return (...args: unknown[]) => step(original, args, call, see);
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
  see: (step: Step, call: FollowedCall) => void,
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
      (settled) => see(settled as Step, call),
      (error) => call.threw(error),
    );
  }
  see(result as Step, call);
  return result;
}

function sawStep(step: Step, call: FollowedCall): void {
  if (step?.done === true) call.returned(step.value);
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
