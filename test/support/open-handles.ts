import { createHook } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

const kinds: ReadonlySet<string> = new Set(['Timeout', 'TCPWRAP', 'TCPSERVERWRAP', 'PIPEWRAP', 'TCPCONNECTWRAP']);

/**
 * The timers (unreferenced ones too) and sockets that were opened since it was made, and are open still, each with
 * where that was. Without node's own timer for the date in its answers.
 */
export class OpenHandles {
  private readonly open = new Map<number, string>();
  private readonly hook = createHook({
    init: (id, type) => {
      if (!kinds.has(type)) return;
      const { stack = '' } = new Error(type);
      if (!stack.includes('node:internal/http:')) this.open.set(id, stack);
    },
    destroy: (id) => void this.open.delete(id),
  }).enable();

  /** Looks, once what has just been closed had its turns. */
  async left(): Promise<string[]> {
    for (let turn = 0; turn < 100 && this.open.size > 0; turn++) await nextTurn();
    this.hook.disable();
    return [...this.open.values()];
  }
}
