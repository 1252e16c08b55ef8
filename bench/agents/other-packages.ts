import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is measured beside ours. No development dependencies: `@posthog/ai` refuses the OpenAI client of today. */
const packages = {
  '@posthog/ai': '8.13.1',
  '@langfuse/otel': '5.11.1',
  '@opentelemetry/exporter-trace-otlp-http': '0.223.1',
  '@opentelemetry/core': '2.12.0',
  '@opentelemetry/sdk-trace-base': '2.12.1',
  '@opentelemetry/api': '1.9.1',
  'posthog-node': '5.70.0',
};

/**
 * Loads packages that are installed beside the machine's temporary files on first use; `undefined`, aloud, where that
 * can't be done.
 */
export function otherPackages(): <T>(name: keyof typeof packages) => T | undefined {
  const folder = join(tmpdir(), 'nestjs-agent-analytics-bench');
  mkdirSync(folder, { recursive: true });
  const load = createRequire(join(folder, 'package.json'));
  if (!existsSync(join(folder, 'node_modules'))) install(folder);
  return <T>(name: keyof typeof packages) => {
    try {
      return load(name) as T;
    } catch (error) {
      console.log(`SKIPPED: ${name}@${packages[name]} could not be installed (${String(error).split('\n')[0]})`);
      return undefined;
    }
  };
}

function install(folder: string): void {
  const list = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const flags = ['--legacy-peer-deps', '--no-audit', '--no-fund', '--prefix', folder];
  const patience = ['--fetch-retries=1', '--fetch-retry-mintimeout=500', '--fetch-timeout=20000'];
  spawnSync('npm', ['install', ...flags, ...patience, ...list], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 120_000,
  });
}
