import { describe, it } from 'vitest';
import { mixUps } from '../support/mix-ups.js';
import { runWithFault, type PlantedFault } from '../support/mutant.js';

// The soak is only worth something if it finds the mix-ups that it is there for. Those that the conversations find in
// every run of the tests are left to `npm run soak`.
const faults: Record<string, PlantedFault> = {
  ...(process.env['SOAK_FAULTS'] === 'all' && mixUps),
  'a batch worker stays with whom it was started by': {
    file: 'src/context/analytics-context.ts',
    find: 'fillAbsent(given, inheritedBy(given, around))',
    replace: '(void inheritedBy, fillAbsent(around, given))',
  },
};

describe.concurrent.each(Object.entries(faults))('where %s', (_, fault) => {
  it('the soak finds events on the wrong user or session', { timeout: 120_000 }, async ({ expect, task }) => {
    const { failed, output } = await runWithFault('test/soak/soak.test.ts', fault, { env: { SOAK_CALLS: '4000' } });
    expect(failed).toBe(true);
    expect(output).toMatch(/"wrong(Person|Session|Trace)": [1-9]/);
    Object.assign(task.meta, { foundMixUp: true });
  });
});
