import { describe, expect, it } from 'vitest';
import { aiSdk } from '../../src/integrations/ai-sdk.js';
import { langchain } from '../../src/integrations/langchain.js';
import { openAiAgents } from '../../src/integrations/openai-agents.js';
import { installedVersion, isOlder } from '../../src/module/installed-version.js';
import { warnOfOldFrameworks } from '../../src/module/old-frameworks.js';
import { Spoken } from '../support/spoken.js';

describe('A framework that is older than its integration supports', () => {
  const saidOf = (versions: Record<string, string>): string[] => {
    const spoken = new Spoken();
    warnOfOldFrameworks([aiSdk(), langchain(), openAiAgents()], spoken, (framework) => versions[framework]);
    return spoken.lines.map(({ code, text }) => `${code} ${text.split(':')[0]}`);
  };

  it('is warned of, with what it is and what is needed', () => {
    expect(saidOf({ ai: '5.0.100', '@langchain/core': '0.3.80', '@openai/agents': '0.13.9' })).toEqual([
      'NAA605 aiSdk() found ai 5.0.100, and needs 6.0.108 or newer',
      'NAA605 langchain() found @langchain/core 0.3.80, and needs 1.0.0 or newer',
      'NAA605 openAiAgents() found @openai/agents 0.13.9, and needs 0.14.0 or newer',
    ]);
    expect(saidOf({ ai: '6.0.107' })).toHaveLength(1);
  });

  it('is not, where it is new enough, or can’t be found', () => {
    expect(saidOf({ ai: '6.0.108', '@langchain/core': '1.0.0-rc.1', '@openai/agents': '0.20.0' })).toEqual([]);
    expect(saidOf({ ai: '7.0.0-beta.3', '@langchain/core': '10.0.0' })).toEqual([]);
    expect(saidOf({})).toEqual([]);
  });

  it('is told by what the application has installed', () => {
    expect(isOlder(installedVersion('ai') ?? '', '7.0.0')).toBe(false);
    expect(installedVersion('no-such-package')).toBeUndefined();
  });
});
