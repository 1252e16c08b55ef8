import { describe, expect, it } from 'vitest';
import type { AgentIntegration } from '../../src/integrations/agent-integration.js';
import { aiSdk } from '../../src/integrations/ai-sdk.js';
import { registerIntegrations } from '../../src/integrations/register-integrations.js';
import { RecordingTarget } from './recorder/recording-target.js';

const hooks = globalThis as { AI_SDK_TELEMETRY_INTEGRATIONS?: unknown[] };

function integration(name: string, sees: string[], log: string[]): AgentIntegration {
  return {
    name,
    sees,
    register: () => {
      log.push(`+${name}`);
      return () => void log.push(`-${name}`);
    },
  };
}

describe('Integrations', () => {
  it('are registered in order, and taken away once', () => {
    const target = new RecordingTarget();
    const log: string[] = [];
    const list = [integration('a', ['a'], log), integration('b', ['b'], log)];
    const remove = registerIntegrations(list, target.recorder, target.reporter);
    remove();
    remove();
    expect(log).toEqual(['+a', '+b', '-a', '-b']);
  });

  it('that would see the same calls are refused after the first, with a warning that names both', () => {
    const target = new RecordingTarget();
    const log: string[] = [];
    const list = [integration('aiSdk()', ['ai-sdk'], log), integration('otel()', ['ai-sdk', 'openai'], log)];
    registerIntegrations(list, target.recorder, target.reporter);
    expect(log).toEqual(['+aiSdk()']);
    expect(target.reporter.lines).toMatchObject([{ code: 'NAA601' }]);
    expect(target.reporter.text).toMatch(/aiSdk\(\).*otel\(\)/);
  });

  it('that can’t be registered don’t stop the others', () => {
    const target = new RecordingTarget();
    const log: string[] = [];
    const broken = {
      name: 'broken',
      sees: [],
      register: () => {
        throw new TypeError('no such package');
      },
    };
    registerIntegrations([broken, integration('b', ['b'], log)], target.recorder, target.reporter);
    expect(log).toEqual(['+b']);
    expect(target.reporter.codes).toEqual(['NAA603']);
  });

  it('leave no hook of theirs behind: two applications in one process keep apart', () => {
    const before = [...(hooks.AI_SDK_TELEMETRY_INTEGRATIONS ?? [])];
    const [first, second] = [new RecordingTarget(), new RecordingTarget()];
    const removals = [first, second].map(({ recorder, reporter }) => {
      return registerIntegrations([aiSdk()], recorder, reporter);
    });
    expect(hooks.AI_SDK_TELEMETRY_INTEGRATIONS).toHaveLength(before.length + 2);
    for (const remove of removals) remove();
    expect(hooks.AI_SDK_TELEMETRY_INTEGRATIONS).toEqual(before);
  });
});
