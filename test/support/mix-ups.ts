import type { PlantedFault } from './mutant.js';

/** Faults that put events on somebody else, whatever plays the calls. */
export const mixUps = {
  'the identity is read in the drain': {
    file: 'src/capture/event-capture.ts',
    find: 'this.delivery.record(record);',
    replace:
      'const frame = currentFrame();\n' +
      'this.delivery.record({ ...record, get context() { return frame === undefined ? record.context : valuesOf(frame); } });',
  },
  'a generator is not bound to the call that made it': {
    file: 'src/tracking/follow-result/follow-iterator.ts',
    find: 'contextStorage.run(call.frame, original, ...args)',
    replace: '(void contextStorage, original(...args))',
  },
} satisfies Record<string, PlantedFault>;
