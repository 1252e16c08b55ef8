import { messages } from '../event/messages.js';
import type { Reporter } from '../event/reporter.js';
import type { AgentIntegration } from '../integrations/agent-integration.js';
import { installedVersion, isOlder } from './installed-version.js';

/** The oldest version of each framework that its integration is tried with, by the integration's name. */
const floors: Readonly<Record<string, readonly [framework: string, version: string]>> = {
  'aiSdk()': ['ai', '6.0.108'],
  'langchain()': ['@langchain/core', '1.0.0'],
  'openAiAgents()': ['@openai/agents', '0.14.0'],
};

/**
 * Warns of frameworks that are older than their integration supports. Their ranges as peers are open, because npm
 * refuses to install even the core beside a peer that does not fit, optional or not.
 */
export function warnOfOldFrameworks(
  integrations: readonly AgentIntegration[],
  reporter: Reporter,
  versionOf: (framework: string) => string | undefined = installedVersion,
): void {
  for (const { name } of integrations) {
    const [framework, floor] = floors[name] ?? [];
    if (framework === undefined || floor === undefined) continue;
    const version = versionOf(framework);
    if (version === undefined || !isOlder(version, floor)) continue;
    reporter.warnOnce(messages.oldFramework(name, `${framework} ${version}`, floor), name);
  }
}
