import { describe, expect, it } from 'vitest';
import type { BatchSender, SendOutcome } from '../../src/delivery/batch-sender.js';
import type { StoredEvent } from '../../src/delivery/event-store.js';
import { auditedPipeline } from '../support/audited-pipeline.js';
import { FakeClock } from '../support/fake-clock.js';

/** An endpoint whose answers come in the order that a test wants. */
class ScriptedSender implements BatchSender {
  private readonly open = new Map<string, (outcome: SendOutcome) => void>();

  destination = () => 'http://posthog.test/batch/';
  close = () => undefined;

  send(_lane: unknown, events: readonly StoredEvent[]): Promise<SendOutcome> {
    const names = events.map((event) => (JSON.parse(event.json) as { event: string }).event.replace('event_', ''));
    return new Promise((resolve) => this.open.set(names.join(' '), resolve));
  }

  /** The batches under way, as the numbers of their events. */
  get underWay(): string[] {
    return [...this.open.keys()];
  }

  async answer(batch: string, outcome: SendOutcome): Promise<void> {
    const resolve = this.open.get(batch);
    if (!resolve) throw new Error(`${batch} is not under way`);
    this.open.delete(batch);
    resolve(outcome);
    await new Promise((later) => setImmediate(later));
  }
}

const accepted: SendOutcome = { kind: 'accepted' };
const refused: SendOutcome = { kind: 'refused', error: 'HTTP 400' };
const failed: SendOutcome = { kind: 'retry', error: 'HTTP 503' };

describe('Courier', () => {
  const start = (count: number) => {
    const sender = new ScriptedSender();
    const clock = new FakeClock();
    const audited = auditedPipeline({ sender, clock, random: () => 0 });
    audited.record(count);
    void audited.pipeline.flush();
    return { sender, clock, ...audited };
  };

  it('gives an event up when another was accepted after the first refusal of its batch', async () => {
    const { sender, pipeline } = start(4);
    await sender.answer('1 2 3 4', refused);
    expect(sender.underWay).toEqual(['1 2', '3 4']);
    await sender.answer('3 4', accepted);
    await sender.answer('1 2', refused);
    await sender.answer('1', refused);
    expect(pipeline.stats()).toMatchObject({ delivered: 2, dead: 1, state: 'sending' });
    await sender.answer('2', accepted);
    expect(pipeline.stats()).toMatchObject({ delivered: 3, dead: 1, pending: { total: 0 } });
  });

  it('keeps the rest of a batch waiting for no more than one probe at a time, in order', async () => {
    const { sender, clock, pipeline } = start(4);
    await sender.answer('1 2 3 4', refused);
    await sender.answer('1 2', refused);
    await sender.answer('3 4', refused);
    expect(sender.underWay).toEqual(['1', '2', '3', '4']);
    await sender.answer('1', refused);
    for (const other of ['2', '3', '4']) await sender.answer(other, failed);
    expect(sender.underWay).toEqual([]);
    clock.advance(1_000);
    expect(sender.underWay).toEqual(['2']);
    await sender.answer('2', accepted);
    expect(sender.underWay).toEqual(['1', '3', '4']);
    await sender.answer('1', refused);
    expect(pipeline.stats()).toMatchObject({ delivered: 1, dead: 1 });
  });

  it('does not let late answers of requests from before end a hold that they say nothing of', async () => {
    const { sender, clock, pipeline } = start(400);
    const [first, second, third, fourth] = sender.underWay as [string, string, string, string];
    await sender.answer(first, { kind: 'wrong_key', error: 'HTTP 401' });
    expect(pipeline.stats().state).toBe('key_hold');
    await sender.answer(second, { kind: 'wrong_key', error: 'HTTP 401' });
    await sender.answer(third, { kind: 'wrong_key', error: 'HTTP 401' });
    await sender.answer(fourth, accepted);
    // One was accepted after all: the key is good.
    expect(pipeline.stats().state).toBe('sending');
    expect(sender.underWay).toHaveLength(3);
    expect(clock.untilNext()).toBeUndefined();
  });

  it('takes a sender that throws for one that could not send', async () => {
    const clock = new FakeClock();
    let calls = 0;
    const sender: BatchSender = {
      destination: () => 'http://posthog.test/batch/',
      close: () => undefined,
      send: () => (calls++ === 0 ? Promise.reject(new TypeError('broken')) : Promise.resolve(accepted)),
    };
    const { pipeline, record, quiet } = auditedPipeline({ sender, clock, random: () => 0 });
    record(1);
    await pipeline.flush();
    expect(pipeline.stats()).toMatchObject({ state: 'backoff', lastError: 'TypeError (http://posthog.test/batch/)' });
    clock.advance(1_000);
    await quiet();
    expect(pipeline.stats()).toMatchObject({ delivered: 1, pending: { total: 0 } });
  });
});
