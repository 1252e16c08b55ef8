import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

// A copy of the source with a fault planted in it, where a test wants to see another one fail.
const src = process.env['ANALYTICS_SRC'] ?? path('./src');

const measuredInBrowser = ['inbox-load', 'inbox-quality', 'overview-figures'].map(
  (name) => `test/browser/${name}.test.ts`,
);

export default defineConfig({
  resolve: {
    alias: [
      { find: /^nestjs-agent-analytics$/, replacement: `${src}/index.ts` },
      {
        find: /^nestjs-agent-analytics\/(ai-sdk|langchain|mcp|openai-agents|otel|posthog-ai)$/,
        replacement: `${src}/integrations/$1.ts`,
      },
      { find: /^nestjs-agent-analytics\/terminus$/, replacement: `${src}/terminus.ts` },
      { find: /^nestjs-agent-analytics\/(.*)$/, replacement: `${src}/$1/index.ts` },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/browser/**', 'test/bench/**', 'test/matrix/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          exclude: [...measuredInBrowser],
          sequence: { groupOrder: 1 },
        },
      },
      {
        // One by one: it measures frames, which neighbours would spoil.
        extends: true,
        test: {
          name: 'browser-measured',
          include: [...measuredInBrowser],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        // Beside the others: it mostly waits for npm.
        test: { name: 'matrix', include: ['test/matrix/**/*.test.ts'] },
      },
      {
        // Last, and alone on the machine: it measures what a call costs.
        extends: true,
        test: { name: 'bench', include: ['test/bench/**/*.test.ts'], sequence: { groupOrder: 3 } },
      },
    ],
    globalSetup: [path('./test/support/compile-fixtures.ts')],
    pool: 'threads',
    // A limit for what hangs, not for what is slow beside others.
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Of two cores the default leaves one idle; and most of what runs concurrently in a file waits for processes.
    maxWorkers: 2,
    maxConcurrency: 12,
    reporters: ['default', path('./test/support/closing-line.reporter.ts')],
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'lcov'],
    },
  },
});
