import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { contextStorage } from '../../../src/context/context-storage.js';
import { Frame } from '../../../src/context/frame.js';
import { aiSdk6Hooks } from '../../../src/integrations/ai-sdk/ai-sdk-6.js';
import { ends, RecordingTarget } from '../recorder/recording-target.js';

/** An application whose AI SDK is this test: it tells what streams do in the context of the request that reads them. */
class Telling extends RecordingTarget {
  private readonly request = new Frame(undefined, { userId: 'ada', trigger: 'chat' }, this.handle, undefined);
  private readonly hooks = aiSdk6Hooks(this.recorder, []);

  begin(abortSignal?: AbortSignal): void {
    this.inRequest(() =>
      this.hooks.onStart({ functionId: 'copilot', prompt: 'hi', ...(abortSignal && { abortSignal }) }),
    );
  }

  step(modelId: string): void {
    const model = { provider: 'p', modelId };
    this.inRequest(() => this.hooks.onStepStart({ functionId: 'copilot', model }));
  }

  finish(modelId: string): void {
    const answer = { functionId: 'copilot', finishReason: 'stop', content: [], response: { modelId } };
    this.inRequest(() => this.hooks.onStepFinish(answer));
    this.inRequest(() => this.hooks.onFinish(answer));
  }

  /** The hooks enter contexts; what they enter here stays here. */
  private inRequest(hook: () => void): void {
    contextStorage.run(this.request, hook);
  }
}

describe('A run of AI SDK 6', () => {
  it('is aborted that was begun with an aborted signal', () => {
    const target = new Telling();
    target.begin(AbortSignal.abort());
    expect(ends(target.records)).toContain('copilot_agent_run_failed aborted user_stopped');
    expect(target.recorder.openCount).toBe(0);
  });

  it('adds one listener to a signal that many share, and ends with it if it is open', () => {
    const target = new Telling();
    const shared = new AbortController();
    for (let i = 0; i < 12; i++) target.begin(shared.signal);
    target.finish('m');
    expect(getEventListeners(shared.signal, 'abort')).toHaveLength(1);
    expect(target.recorder.openCount).toBe(11);
    shared.abort();
    expect(target.recorder.openCount).toBe(0);
    const told = ends(target.records).filter((end) => end.startsWith('copilot_agent_run'));
    const aborted = Array.from({ length: 11 }, () => 'copilot_agent_run_failed aborted user_stopped');
    expect(told).toEqual(['copilot_agent_run_success success', ...aborted]);
    expect(target.reporter.codes).toEqual([]);
  });

  it('is not taken for the one before it that failed, of which nothing is told', () => {
    const target = new Telling();
    target.begin();
    target.step('bad');
    target.begin();
    target.step('good');
    target.finish('good');
    const [run] = target.of('copilot_agent_run_success');
    expect(run?.measured).toMatchObject({ generations: 1 });
    expect(target.of('$ai_generation').map(({ measured }) => measured?.['$ai_model'])).toEqual(['good']);
    expect(target.recorder.openCount).toBe(1);
  });
});
