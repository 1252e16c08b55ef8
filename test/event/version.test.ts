import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { version } from '../../src/event/version.js';

it("is the package's version", () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as object;
  expect(manifest).toMatchObject({ version });
});
