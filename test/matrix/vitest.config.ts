import { defineConfig } from 'vitest/config';

// The short form, which `npm test` has too, and what only takes place here. Three at a time keep two cores busy: an
// installation waits for the network and the disk.
export default defineConfig({
  test: {
    include: ['test/matrix/*.test.ts', 'test/matrix/*.matrix.ts'],
    pool: 'threads',
    fileParallelism: false,
    maxConcurrency: 3,
  },
});
