import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EventPage, FoundEvents } from '../../src/inbox/inbox-api.js';
import { beginningOfSession, sessionKey } from '../../src/inbox/session-key.js';
import { startInboxApp, type InboxApp } from './inbox-app.js';
import { sampleEvent } from './sample-events.js';

const long = `${'chat "7" … '.repeat(20)}end`;

describe("a session's key", () => {
  it('is its id, or null where there is none', () => {
    expect(['s1', 'x'.repeat(200), 7, '', null, undefined, {}].map(sessionKey)).toEqual([
      ...['s1', 'x'.repeat(200), '7', null, null, null, null],
    ]);
  });

  it.each([long, '.', '..', '😀'.repeat(300), `x${'😀'.repeat(300)}`])(
    'is a short text of its own for an id that is no address, and its own key',
    (id) => {
      const key = sessionKey(id) ?? '';
      expect(key.length).toBeLessThanOrEqual(200);
      expect(sessionKey(key)).toBe(key);
      expect(sessionKey(`${id}!`)).not.toBe(key);
      expect(id.startsWith(beginningOfSession(key))).toBe(true);
    },
  );
});

describe('a session with a long id', () => {
  let inbox: InboxApp;

  beforeEach(async () => {
    inbox = await startInboxApp();
  });
  afterEach(() => inbox.close());

  it.each(['as the rows name it', 'as it is'])('is found %s: its events, its timeline and its test', async (how) => {
    void inbox.tap.write([
      sampleEvent({ properties: { session_id: long } }),
      sampleEvent({ event: 'another', properties: { session_id: `${long}!` } }),
    ]);
    const { rows } = (await (await inbox.ask('/api/events')).json()) as EventPage;
    const named = encodeURIComponent((how === 'as it is' ? long : rows.at(-1)?.session) ?? '');
    const names = (found: FoundEvents): string[] => found.rows.map(({ event }) => event);

    const found = await (await inbox.ask(`/api/events?session=${named}`)).json();
    expect(names(found as FoundEvents)).toEqual(['copilot_message_sent']);
    const events = await (await inbox.ask(`/api/conversations/${named}`)).json();
    expect(names(events as FoundEvents)).toEqual(['copilot_message_sent']);
    expect(await (await inbox.ask(`/api/conversations/${named}/timeline`)).json()).toMatchObject({
      totals: { events: 1, messages: 1 },
    });
    const test = await (await inbox.ask(`/api/conversations/${named}/test`)).text();
    expect(test).toContain(`const session = '${long}';`);
    expect(test).toContain("{ as: 'user-1', session, times: 1 }");
  });

  it.each(['.', '..'])('is found where its id is %s, which addresses can’t end in', async (id) => {
    void inbox.tap.write([sampleEvent({ properties: { session_id: id } })]);
    const { rows } = (await (await inbox.ask('/api/events')).json()) as EventPage;
    const named = encodeURIComponent(rows[0]?.session ?? '');
    const timeline = await inbox.ask(`/api/conversations/${named}/timeline`);
    expect(await timeline.json()).toMatchObject({ totals: { events: 1 } });
  });
});
