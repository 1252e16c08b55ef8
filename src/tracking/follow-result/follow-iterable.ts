import { contextStorage } from '../../context/context-storage.js';
import { Executions, type FollowedCall } from './followed-call.js';
import { followIterator } from './follow-iterator.js';
import { standIn } from './stand-in.js';

/**
 * Watches an object that gives asynchronous iterators (an SDK's stream): each iteration is an execution. What is
 * returned stands for the very object, but watches those who iterate through it.
 */
export function followAsyncIterable(iterable: AsyncIterable<unknown>, call: FollowedCall): object {
  const stand = standIn(iterable, Symbol.asyncIterator, () => {
    const execution = executions.begin();
    const iterator = contextStorage.run(execution.frame, () => iterable[Symbol.asyncIterator]());
    return followIterator(iterator, execution);
  });
  if (stand === undefined) {
    call.cannotFollow();
    return iterable;
  }
  const executions = new Executions(call);
  return stand;
}
