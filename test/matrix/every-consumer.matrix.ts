import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostHogServer } from '../support/posthog-server.js';
import { Consumer, type Compilation, type Installation } from './consumer.js';
import { count } from './figures.js';
import { installationOf, nest10, nest11, nest12, type NestLine } from './nest-lines.js';
import { installNodes, nodeVersions } from './node-versions.js';
import { packPackage } from './packed-package.js';
import { compileApplication, tryApplication, tryEntries } from './try-package.js';

const esm = (resolution: Compilation['resolution']): Compilation => ({ format: 'esm', resolution });
const commonjs = (resolution: Compilation['resolution']): Compilation => ({ format: 'commonjs', resolution });
const node16 = [esm('node16'), commonjs('node16')];
const nodenext = [esm('nodenext'), commonjs('nodenext')];

// Nest 12 is ESM only: CommonJS has its types by nodenext's rules alone.
const lines: { title: string; line: NestLine; compilations: Compilation[] }[] = [
  { title: 'Nest 10', line: nest10, compilations: [commonjs('node10'), ...node16, ...nodenext] },
  { title: 'Nest 11', line: nest11, compilations: [commonjs('node10'), ...node16, ...nodenext] },
  { title: 'Nest 12', line: nest12, compilations: [esm('node16'), ...nodenext] },
  { title: 'Nest 12 with TypeScript 6', line: { ...nest12, typescript: '6.0.3' }, compilations: nodenext },
];

// The ends of each peer's range, and each pair of Nest and its config that may meet.
const floor = {
  nest: '10.0.0',
  config: '3.0.0',
  terminus: '10.0.0',
  typescript: '5.4.5',
  reflectMetadata: '0.1.13',
  rxjs: '7.8.0',
};
const pairs: { title: string; line: NestLine }[] = [
  { title: 'the floor of every peer', line: floor },
  { title: 'the floor of 11', line: { ...floor, nest: '11.0.0', config: '4.0.0', terminus: '11.0.0' } },
  // 12.0.0 of @nestjs/core asks for 11 of @nestjs/common, so that nobody has it.
  {
    title: 'the floor of 12',
    line: { ...nest12, nest: '12.0.1', config: '12.0.0', testing: '12.0.1', terminus: '12.0.0' },
  },
  { title: 'Nest 10 with the config and terminus of 11', line: { ...nest10, config: '4.0.4', terminus: '11.0.0' } },
  { title: 'Nest 11 with the config of 12', line: { ...nest11, config: '12.0.1' } },
];

// The floor and the ceiling of each agent framework that is a peer.
const zod = '4.6.7';
const frameworks: { name: string; file: string; packages: Record<string, string>; told: readonly string[] }[] = [
  ...['6.0.108', '6.0.326', '7.0.0', '7.0.173'].map((ai) => ({
    name: `the AI SDK ${ai}`,
    file: 'ask-model.mjs',
    packages: { ai, zod },
    told: ['$ai_generation'],
  })),
  ...['1.0.0', '1.4.0'].map((version) => ({
    name: `@langchain/core ${version}`,
    file: 'run-chain.mjs',
    packages: { '@langchain/core': version },
    told: ['copilot_agent_run_success', '$ai_generation', '$ai_trace'],
  })),
  ...['0.14.0', '0.20.0'].map((version) => ({
    name: `@openai/agents ${version}`,
    file: 'run-agent.mjs',
    packages: { '@openai/agents': version, zod },
    told: ['copilot_agent_run_success', '$ai_generation', '$ai_trace'],
  })),
];

const older: { name: string; path: string; packages: Record<string, string> }[] = [
  { name: 'aiSdk()', path: 'ai-sdk', packages: { ai: '5.0.0', zod } },
  { name: 'langchain()', path: 'langchain', packages: { '@langchain/core': '0.3.0' } },
  { name: 'openAiAgents()', path: 'openai-agents', packages: { '@openai/agents': '0.3.0', zod } },
];

describe('every consumer of the packed package', { concurrent: true, timeout: 600_000 }, () => {
  let tarball: string;
  let nodes: string[];
  const installed: Consumer[] = [];
  const install = async (installation: Installation): Promise<Consumer> => {
    const consumer = await Consumer.install(tarball, installation);
    installed.push(consumer);
    return consumer;
  };
  beforeAll(async () => {
    [tarball, nodes] = await Promise.all([packPackage(), installNodes()]);
  }, 240_000);
  afterAll(() => installed.forEach((consumer) => consumer.remove()), 120_000);

  for (const { title, line, compilations } of lines) {
    it(`${title}: every way to compile, Express and Fastify, Node ${nodeVersions.join(', ')}`, async ({ task }) => {
      const consumer = await install(installationOf(line, ['express', 'fastify']));
      count(task, 'installs');
      for (const compilation of compilations) {
        const folder = await compileApplication(task, consumer, compilation, ['express', 'fastify']);
        await tryApplication(task, consumer, folder, ['express', 'fastify']);
        for (const node of nodes) await tryApplication(task, consumer, folder, ['express'], node);
      }
      for (const node of nodes) await tryEntries(task, consumer, node);
    });
  }

  for (const { title, line } of pairs) {
    it(`${title}: ESM and CommonJS`, async ({ task }) => {
      const overrides = { 'posthog-node': '5.70.0' };
      const consumer = await install({ ...installationOf(line, ['express']), overrides });
      count(task, 'installs');
      for (const compilation of nodenext) {
        const folder = await compileApplication(task, consumer, compilation, ['express']);
        await tryApplication(task, consumer, folder, ['express']);
      }
      await tryEntries(task, consumer);
    });
  }

  for (const { name, file, packages, told } of frameworks) {
    it(`${name}: the integration sees what runs`, async ({ task }) => {
      const installation = installationOf(nest12, []);
      const consumer = await install({ packages: { ...installation.packages, ...packages } });
      count(task, 'installs');
      const script = join(consumer.folder, file);
      copyFileSync(new URL(`application/${file}`, import.meta.url), script);
      const posthog = await startPostHogServer();
      try {
        const env = { POSTHOG_API_KEY: 'phc_matrix', POSTHOG_HOST: posthog.url };
        expect(await consumer.run(script, env)).toBe('hello\n');
        const names = posthog.events.map(({ event }) => event);
        expect(names).toEqual(expect.arrayContaining([...told]));
        count(task, 'applications');
        count(task, 'events', names.length);
      } finally {
        await posthog.close();
      }
    });
  }

  // Not supported, but no reason not to install: npm refuses a peer that does not fit, optional or not.
  for (const { name, path, packages } of older) {
    it(`an older framework: ${name} says what it needs, and the rest works`, async ({ task }) => {
      const { packages: nest } = installationOf(nest12, []);
      const consumer = await install({ packages: { ...nest, ...packages } });
      count(task, 'installs');
      const script = join(consumer.folder, 'old-framework.mjs');
      copyFileSync(new URL('application/old-framework.mjs', import.meta.url), script);
      const posthog = await startPostHogServer();
      try {
        const env = { POSTHOG_API_KEY: 'phc_matrix', POSTHOG_HOST: posthog.url, INTEGRATION: path };
        const lines = (await consumer.run(script, env)).split('\n').filter((line) => line.includes('NAA605'));
        expect(lines).toEqual([expect.stringContaining(`${name} found `)]);
        expect(posthog.events.map(({ event }) => event)).toEqual(['plan_upgraded']);
        count(task, 'applications');
      } finally {
        await posthog.close();
      }
    });
  }

  it('Jest 29 with ts-jest, in an application of CommonJS on Nest 11', async ({ task }) => {
    const { packages } = installationOf(nest11, ['express']);
    const consumer = await install({
      packages: { ...packages, jest: '29.7.0', 'ts-jest': '29.4.15', '@types/jest': '29.5.14' },
    });
    count(task, 'installs');
    const folder = await consumer.compile(commonjs('node10'), ['app.module.ts']);
    copyFileSync(new URL('application/jest.spec.ts.txt', import.meta.url), join(folder, 'app.spec.ts'));
    const ts = { tsconfig: { ...commonJsOptions, types: ['node', 'jest'] } };
    const config = {
      rootDir: folder,
      testEnvironment: 'node',
      testMatch: ['**/*.spec.ts'],
      transform: { '^.+\\.ts$': ['ts-jest', ts] },
      moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
    };
    writeFileSync(join(folder, 'jest.config.json'), JSON.stringify(config));
    const args = ['--config', join(folder, 'jest.config.json'), '--json'];
    const printed = JSON.parse(await consumer.runBin('jest', args)) as { numPassedTests: number };
    expect(printed.numPassedTests).toBe(2);
  });
});

const commonJsOptions = {
  module: 'commonjs',
  moduleResolution: 'node10',
  target: 'ES2022',
  strict: true,
  esModuleInterop: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
};
