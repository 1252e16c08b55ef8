import { describe, expect, it } from 'vitest';
import { EventStore } from '../../src/inbox/event-store.js';
import { summarise } from '../../src/inbox/event-summary.js';
import { defaultVerdictSettings } from '../../src/inbox/verdicts/verdict-settings.js';
import { sampleEvent } from './sample-events.js';

describe('summarise', () => {
  it.each([
    ['copilot_message_sent', 'message', null],
    ['chat_tool_called', 'tool', 'find_agent'],
    ['tool_called', 'tool', 'find_agent'],
    ['copilot_agent_run_success', 'run', null],
    ['copilot_agent_run_failed', 'run', null],
    ['copilot_agent_run_started', 'run', null],
    ['copilot_tool_decision', null, null],
    ['unmessage_sent2', null, null],
    ['xmessage_sent', null, null],
  ])('says which part of a conversation %s is, and which tool was called', (event, kind, tool) => {
    const sample = sampleEvent({ event, properties: { tool_name: 'find_agent' } });
    const stored = new EventStore(10, 1e9).add(sample);
    expect(summarise(stored, sample, 'good', defaultVerdictSettings)).toMatchObject({ kind, tool });
  });

  it('shows the first property of the event itself, no group', () => {
    const sample = sampleEvent({ event: 'plan_upgraded', properties: { group_company: 'acme', plan: 'pro' } });
    const stored = new EventStore(10, 1e9).add(sample);
    expect(summarise(stored, sample, 'good', defaultVerdictSettings).gist).toBe('plan: pro');
  });
});
