import { describe, expect, it } from 'vitest';
import { currentFrame } from '../../src/context/context-storage.js';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import type { ModelCall } from '../../src/capture/model-call.js';
import { TrackGeneration } from '../../src/tracking/track-generation.decorator.js';
import { TrackAgentRun } from '../../src/tracking/track-agent-run.decorator.js';
import { CollectingTarget } from '../support/capture-target.js';
import { trackedRun } from '../support/tracked-run.js';

const answer = { object: 'chat.completion', model: 'gpt-5', choices: [{ message: { content: 'hi' } }] };
const embedded = { object: 'list', model: 'small', data: [{ embedding: [1] }] };

/** As an integration tells a call of a model that it has seen. */
function tell(target: CollectingTarget, call: ModelCall): void {
  target.ai.generation({ time: 0, context: {}, traceId: 't', spanId: 's' }, call, currentFrame());
}

const told = (target: CollectingTarget) => target.records.map(({ event, measured }) => [event, measured?.$ai_model]);

describe('@TrackGeneration', () => {
  it('tells its call of a model where an embedding comes before it', () => {
    const target = new CollectingTarget();
    const embed = trackedRun(target, () => embedded, TrackGeneration());
    trackedRun(target, () => (embed(), answer), TrackGeneration())();
    const other = new CollectingTarget();
    trackedRun(other, () => (tell(other, { kind: 'embedding', model: 'small' }), answer), TrackGeneration())();
    expect(told(target)).toEqual([
      ['$ai_embedding', 'small'],
      ['$ai_generation', 'gpt-5'],
    ]);
    expect(told(other)).toEqual(told(target));
  });

  it.each<[string, ModelCall, unknown]>([
    ['a generation', { model: 'gpt-5' }, answer],
    ['an embedding', { kind: 'embedding', model: 'small' }, embedded],
    ['an embedding, answered in a form of its own', { kind: 'embedding', model: 'small' }, [1, 2]],
  ])('leaves it to whoever tells the same inside: %s', (_, call, result) => {
    const target = new CollectingTarget();
    trackedRun(target, () => (tell(target, call), result), TrackGeneration())();
    expect(target.records).toHaveLength(1);
  });

  it('is silenced by the call inside it, not by one inside that', () => {
    const target = new CollectingTarget();
    const inner = trackedRun(target, () => tell(target, { model: 'inner' }), TrackGeneration());
    trackedRun(target, () => (inner(), answer), TrackGeneration())();
    expect(told(target)).toEqual([
      ['$ai_generation', 'inner'],
      ['$ai_generation', 'gpt-5'],
    ]);
  });

  it('that is a run too is told once, by whoever is innermost', () => {
    const target = new CollectingTarget();
    const both: MethodDecorator = (owner, key, descriptor) => {
      TrackGeneration()(owner, key, descriptor as never);
      TrackAgentRun()(owner, key, descriptor as never);
    };
    const inner = trackedRun(target, () => answer, both);
    trackedRun(target, () => inner(), TrackGeneration())();
    expect(target.of('$ai_generation')).toHaveLength(1);
  });

  it('of somebody else is no call of the one around it', () => {
    const target = new CollectingTarget();
    const ask = (): unknown => {
      AnalyticsContext.run({ userId: 'bob' }, () => tell(target, { model: 'bobs' }));
      return answer;
    };
    AnalyticsContext.run({ userId: 'ada' }, trackedRun(target, ask, TrackGeneration()));
    expect(told(target)).toEqual([
      ['$ai_generation', 'bobs'],
      ['$ai_generation', 'gpt-5'],
    ]);
  });
});
