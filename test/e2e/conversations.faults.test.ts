import { describe, it } from 'vitest';
import { mixUps } from '../support/mix-ups.js';
import { runWithFault, type PlantedFault } from '../support/mutant.js';

// The property test is only worth something if it finds the mix-ups that it is there for.
const faults: Record<string, PlantedFault> = {
  'set() overwrites': {
    file: 'src/context/analytics-context.ts',
    find: 'if (conflict === undefined) frame.values = fillAbsent(known, given);\n    else frame.refused = conflict;',
    replace: 'void conflict; void fillAbsent; frame.values = { ...known, ...given };',
  },
  ...mixUps,
};

describe.concurrent.each(Object.entries(faults))('where %s', (_, fault) => {
  it('the property test fails with events on the wrong user or session', { timeout: 60_000 }, async ({ expect }) => {
    const { failed, output } = await runWithFault('test/e2e/conversations.test.ts', fault);
    expect(failed).toBe(true);
    expect(output).toContain('expected_session');
  });
});
