import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Consumer, packPackage, type NestLine } from './consumer.js';

const common = { 'reflect-metadata': '0.2.2', rxjs: '7.8.2', '@types/node': '20.19.0' };
const nest = (version: string, config: string, testing: string, typescript: string): NestLine => ({
  nest: version,
  packages: {
    ...common,
    '@nestjs/common': version,
    '@nestjs/core': version,
    '@nestjs/platform-express': version,
    '@nestjs/testing': testing,
    '@nestjs/config': config,
    typescript,
  },
});
const lines = [
  nest('10.4.22', '3.3.0', '10.4.22', '5.4.5'),
  nest('11.2.10', '4.0.4', '11.2.6', '5.9.3'),
  nest('12.5.1', '12.0.1', '12.1.1', '5.9.3'),
];
const source = readFileSync(new URL('consumer-app.ts.txt', import.meta.url), 'utf8');

const hasRegistry = spawnSync('npm', ['ping', '--loglevel=silent'], { timeout: 15_000 }).status === 0;
if (!hasRegistry && process.env['CI'] === undefined) {
  console.warn(
    'SKIPPED: the package was not tried in applications of its own, because npm’s registry can’t be reached.',
  );
}

describe.skipIf(!hasRegistry && process.env['CI'] === undefined)('the packed package', { timeout: 180_000 }, () => {
  let tarball: string;
  beforeAll(async () => {
    tarball = await packPackage();
  }, 120_000);

  it.each(lines)('works in an application on Nest $nest, as ESM and as CommonJS', async (line) => {
    const consumer = await Consumer.install(tarball, line);
    for (const format of ['esm', 'commonjs'] as const) {
      const { status, subpaths, events } = JSON.parse(await consumer.run(format, source)) as Record<string, unknown>;
      expect([format, status, subpaths]).toEqual([format, 201, true]);
      expect(events).toEqual([
        'copilot_message_sent anonymous_s1',
        'copilot_tool_called anonymous_s1',
        'copilot_response_completed anonymous_s1',
      ]);
    }
    const both =
      "import('nestjs-agent-analytics').then((m) => console.log(m.AnalyticsService === require('nestjs-agent-analytics').AnalyticsService))";
    expect(await consumer.evaluate(both)).toBe('true\n');
    console.log(`matrix: Nest ${line.nest}, ESM and CommonJS: 3 events each, one class for import and require`);
  });
});
