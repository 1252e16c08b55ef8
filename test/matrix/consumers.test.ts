import { afterAll, beforeAll, describe, it } from 'vitest';
import { Consumer, type Compilation } from './consumer.js';
import { count } from './figures.js';
import { installationOf, nest10, nest11, nest12 } from './nest-lines.js';
import { packPackage } from './packed-package.js';
import { isWithoutRegistry } from './registry.js';
import { tryInbox } from './try-inbox.js';
import { compileApplication, tryApplication, tryBins, tryEntries } from './try-package.js';

const esm = (resolution: Compilation['resolution']): Compilation => ({ format: 'esm', resolution });
// Both builds have the same types, so that one check of them a line is enough here.
const commonjs = (resolution: Compilation['resolution']): Compilation => ({
  format: 'commonjs',
  resolution,
  skipLibCheck: true,
});

// Nest 10's starter compiles by node10's rules; Nest 12 is ESM only, which CommonJS reaches by nodenext's rules alone.
const consumers = [
  { line: nest10, compilations: [esm('nodenext'), commonjs('node10')] },
  { line: nest11, compilations: [esm('node16'), commonjs('node16')] },
  { line: nest12, compilations: [esm('nodenext'), commonjs('nodenext')] },
];

describe.skipIf(isWithoutRegistry)('the packed package', { concurrent: true, timeout: 180_000 }, () => {
  let tarball: string;
  const installed: Consumer[] = [];
  beforeAll(async () => {
    tarball = await packPackage();
  }, 120_000);
  afterAll(() => installed.forEach((consumer) => consumer.remove()), 60_000);

  for (const { line, compilations } of consumers) {
    it(`works in applications on Nest ${line.nest}, ESM and CommonJS`, async ({ task }) => {
      const consumer = await Consumer.install(tarball, installationOf(line, ['express']));
      installed.push(consumer);
      count(task, 'installs');
      for (const compilation of compilations) {
        const folder = await compileApplication(task, consumer, compilation, ['express']);
        await tryApplication(task, consumer, folder, ['express']);
      }
      await tryEntries(task, consumer);
      await tryBins(consumer);
      if (line === nest12) await tryInbox(consumer);
    });
  }
});
