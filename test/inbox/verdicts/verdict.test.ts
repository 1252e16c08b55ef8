import { expect, it } from 'vitest';
import { EventHistory } from '../../../src/inbox/event-history.js';
import { EventStore } from '../../../src/inbox/event-store.js';
import { defaultVerdictSettings } from '../../../src/inbox/verdicts/verdict-settings.js';
import { verdictsOf } from '../../../src/inbox/verdicts/verdict.js';
import { sampleEvent } from '../sample-events.js';

it('has one verdict on each topic, none of them empty', () => {
  const event = sampleEvent();
  const stored = new EventStore(10, 1e9).add(event, 'ChatController.send');
  const verdicts = verdictsOf(stored, event, new EventHistory(), defaultVerdictSettings);
  expect(verdicts.map(({ topic }) => topic)).toEqual([
    ...['delivery', 'person', 'billing', 'groups', 'trace', 'replay', 'properties', 'catalog', 'origin'],
  ]);
  for (const { title, text } of verdicts) expect(title !== '' && /[.)]$/.test(text)).toBe(true);
  expect(verdicts.at(-1)?.title).toBe('ChatController.send');
});
