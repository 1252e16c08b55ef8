import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
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

/** Loads a package that is installed beside the machine's temporary files on first use; `undefined`, aloud, where it can't be. */
export function otherPackage<T>(name: keyof typeof packages): T | undefined {
  const folder = join(tmpdir(), 'nestjs-agent-analytics-bench');
  mkdirSync(folder, { recursive: true });
  const load = createRequire(join(folder, 'package.json'));
  try {
    return load(name) as T;
  } catch {
    const list = Object.entries(packages).map(([each, version]) => `${each}@${version}`);
    const flags = [
      '--legacy-peer-deps',
      '--fetch-retries=1',
      '--fetch-timeout=20000',
      '--no-audit',
      '--no-fund',
      '--prefix',
      folder,
    ];
    spawnSync('npm', ['install', ...flags, ...list], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
  try {
    return load(name) as T;
  } catch (error) {
    console.log(`\nSKIPPED: ${name}@${packages[name]} could not be installed (${String(error).split('\n')[0]})`);
    return undefined;
  }
}
