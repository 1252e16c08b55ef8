import { describe, expect, it } from 'vitest';
import { aiSdk } from '../../src/integrations/ai-sdk.js';
import { readAgentSettings } from '../../src/module/agent-settings.js';
import type { AnalyticsOptions } from '../../src/module/analytics.options.js';
import { resolveSettings } from '../../src/module/settings.js';

describe('The settings of agent frameworks', () => {
  it('are all off without any', () => {
    expect(readAgentSettings({})).toEqual({
      integrations: [],
      traces: false,
      generations: 'ours',
      toolEvents: {},
      isAgentRun: undefined,
      captureContent: new Set(),
    });
  });

  it('switch traces on with an integration, unless they are switched off', () => {
    expect(readAgentSettings({ integrations: [aiSdk()] }).traces).toBe(true);
    expect(readAgentSettings({ integrations: [aiSdk()], traces: false }).traces).toBe(false);
    expect(readAgentSettings({ traces: true }).traces).toBe(true);
  });

  it.each<[string, unknown]>([
    ['integrations', aiSdk],
    ['integrations', [{}]],
    ['traces', 'yes'],
    ['generations', 'mine'],
    ['toolEvents', { schedule_agent: 'track' }],
    ['toolEvents', []],
    ['isAgentRun', true],
    ['captureContent', ['prompt']],
  ])('stop the bootstrap where %s is %o', (option, value) => {
    const options = { [option]: value } as AnalyticsOptions;
    expect(() => resolveSettings(options, () => undefined)).toThrow(`the option ${option}`);
  });
});
