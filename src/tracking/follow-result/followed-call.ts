import type { Frame } from '../../context/frame.js';

/**
 * One execution of a tracked method, as the code that watches its result sees it. Nothing here throws, and what is told
 * after the end is not told again.
 */
export interface FollowedCall {
  /** Steps of a lazy result run in it. */
  readonly frame: Frame;
  /**
   * The result does its work only when a consumer asks for it: if nobody does, the call ends as unconsumed. `hasCome` is
   * asked then, where a consumer can have come unseen.
   */
  awaitConsumer(hasCome?: () => boolean): void;
  consumerCame(): void;
  /** The consumer takes the result bit by bit: it is seen how many, unless told otherwise. */
  streaming(chunks?: 'chunks unseen'): void;
  /** One chunk has gone to the consumer; `undefined` where its value can't be seen. */
  chunk(chunk?: unknown): void;
  returned(result: unknown): void;
  /** An iteration has come to the end of its source, by itself or because the source was stopped. */
  exhausted(result: unknown, source: object): void;
  threw(error: unknown): void;
  /** The consumer stopped before the end. */
  consumerLeft(): void;
  /** The end can't be seen: the object allows no watching, or is a thenable that may begin its work with `then`. */
  cannotFollow(why?: 'lazy thenable'): void;
  /** Whether it is recorded already. */
  readonly isOver: boolean;
  /** What begins further executions of the same lazy result, which the call itself forgets when it is over. */
  repeatable(): () => FollowedCall;
}

/**
 * Hands out the executions of a result that can be consumed more than once: the call itself first, then new ones. One
 * that was kept until the call was over is not told with it either.
 */
export class Executions {
  private isFirst = true;
  private readonly again: () => FollowedCall;

  constructor(
    private readonly call: FollowedCall,
    hasCome?: () => boolean,
  ) {
    this.again = call.repeatable();
    call.awaitConsumer(hasCome);
    call.streaming();
  }

  begin(): FollowedCall {
    if (!this.isFirst || this.call.isOver) return this.again();
    this.isFirst = false;
    this.call.consumerCame();
    return this.call;
  }
}
