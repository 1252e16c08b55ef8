import type { VerdictLevel } from '../../src/inbox/inbox-api.ts';

/** What a mark's colour says, for those who don't see it. */
export const levelNames: Readonly<Record<VerdictLevel, string>> = {
  good: 'fine',
  note: 'for your information',
  warn: 'needs a look',
  bad: 'something is lost',
};
