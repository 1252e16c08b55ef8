import { describe, expect, it } from 'vitest';
import { builtInEvents } from '../../src/event/built-in-events.js';
import { builtInKinds, builtInName } from '../../src/inbox/built-in-name.js';

describe('builtInName', () => {
  it.each(Object.keys(builtInEvents))('knows %s behind any prefix, and what it tells of', (name) => {
    expect([name, `copilot_${name}`, `my_app_${name}`].map(builtInName)).toEqual([name, name, name]);
    expect(Object.keys(builtInKinds)).toContain(name);
  });

  it.each(['xmessage_sent', 'message_sent_again', 'message_sent ', '$ai_trace', ''])('knows no %j', (event) => {
    expect(builtInName(event)).toBeUndefined();
  });
});
