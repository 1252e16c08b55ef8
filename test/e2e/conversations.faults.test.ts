import { describe, it } from 'vitest';
import { runWithFault, type PlantedFault } from '../support/mutant.js';

// The property test is only worth something if it finds the mix-ups that it is there for.
const faults: Record<string, PlantedFault> = {
  'set() overwrites': {
    file: 'src/context/analytics-context.ts',
    find: 'if (conflict === undefined) frame.values = fillAbsent(known, given);\n    else frame.refused = conflict;',
    replace: 'void conflict; void fillAbsent; frame.values = { ...known, ...given };',
  },
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
};

describe.concurrent.each(Object.entries(faults))('where %s', (_, fault) => {
  it('the property test fails with events on the wrong user or session', { timeout: 60_000 }, async ({ expect }) => {
    const { failed, output } = await runWithFault('test/e2e/conversations.test.ts', fault);
    expect(failed).toBe(true);
    expect(output).toContain('expected_session');
  });
});
