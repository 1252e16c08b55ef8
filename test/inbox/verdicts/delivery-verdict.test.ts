import { describe, expect, it } from 'vitest';
import { EventHistory } from '../../../src/inbox/event-history.js';
import { EventStore } from '../../../src/inbox/event-store.js';
import type { Fate } from '../../../src/inbox/stored-event.js';
import { defaultVerdictSettings } from '../../../src/inbox/verdicts/verdict-settings.js';
import { verdictsOf } from '../../../src/inbox/verdicts/verdict.js';
import { sampleEvent } from '../sample-events.js';
import { verdictOn } from './verdict-on.js';

describe('the verdict on delivery', () => {
  it.each<[fate: Fate, reason: string | null, hasKey: boolean, level: string, title: string, says: string]>([
    ['pending', null, true, 'note', 'Pending', 'us.i.posthog.com'],
    ['pending', null, false, 'note', 'Shown here only', 'no POSTHOG_API_KEY'],
    ['delivered', null, true, 'good', 'Delivered', 'us.i.posthog.com'],
    ['delivered', null, false, 'note', 'Shown here only', 'no POSTHOG_API_KEY'],
    ['held', 'key_hold', true, 'warn', 'Held back', '401'],
    ['held', 'endpoint_hold', true, 'warn', 'Held back', 'not PostHog'],
    ['held', 'backoff', true, 'warn', 'Held back', 'could not be reached'],
    ['held', 'something new', true, 'warn', 'Held back', 'something new'],
    ['dropped', 'queue_full', true, 'bad', 'Dropped', 'maxPending'],
    ['dropped', 'shutdown', true, 'bad', 'Dropped', 'shutdownTimeoutMs'],
    ['dropped', 'expired', true, 'bad', 'Dropped', 'waited longer'],
    ['dropped', 'damaged', true, 'bad', 'Dropped', 'disk'],
    ['dropped', 'rejected', true, 'bad', 'Dropped', 'refuses this very event'],
    ['dropped', 'something new', true, 'bad', 'Dropped', 'something new'],
  ])('%s (%s), key: %s', (fate, reason, hasKey, level, title, says) => {
    const verdict = verdictOn('delivery', sampleEvent(), { fate, reason, settings: { hasKey } });
    expect(verdict).toMatchObject({ level, title });
    expect(verdict.text).toContain(says);
  });

  it('says nothing of the person of an event that was dropped before it was made', () => {
    const store = new EventStore(10, 1e9);
    const event = sampleEvent({ event: 'secret', uuid: '' });
    const stub = store.addStub(event, 'before_send', 'Chat.send');
    const verdicts = verdictsOf(stub, event, new EventHistory(), defaultVerdictSettings);
    expect(verdicts.map(({ topic }) => topic)).toEqual(['delivery', 'origin']);
    expect(verdicts[0]?.text).toContain('beforeSend returned null');
    expect(verdicts[1]?.title).toBe('Chat.send');
  });

  it('tells of an event with a uuid that came before', () => {
    const store = new EventStore(10, 1e9);
    const event = sampleEvent();
    store.add(event);
    const again = verdictsOf(store.add(event), event, new EventHistory(), defaultVerdictSettings);
    expect(again.map(({ topic }) => topic)).toContain('duplicate');
  });
});
