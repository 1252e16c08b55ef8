import { describe, it } from 'vitest';
import { runWithFault, type PlantedFault } from '../support/mutant.js';

// The soak is only worth something if it finds the mix-ups that it is there for.
const mixUps: Record<string, PlantedFault> = {
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
  'a batch worker stays with whom it was started by': {
    file: 'src/context/analytics-context.ts',
    find: 'fillAbsent(given, inheritedBy(given, around))',
    replace: '(void inheritedBy, fillAbsent(around, given))',
  },
};

describe.concurrent.each(Object.entries(mixUps))('where %s', (_, fault) => {
  it('the soak finds events on the wrong user or session', { timeout: 120_000 }, async ({ expect }) => {
    const { failed, output } = await runWithFault('test/soak/soak.test.ts', fault, { env: { SOAK_CALLS: '4000' } });
    expect(failed).toBe(true);
    expect(output).toMatch(/"wrong(Person|Session|Trace)": [1-9]/);
  });
});
