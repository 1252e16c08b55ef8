import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FoundEvents, SessionEvents } from '../../src/inbox/inbox-api.js';
import { startInboxApp, type InboxApp } from './inbox-app.js';
import { sampleConversation, sampleEvent } from './sample-events.js';

describe('what programs ask the inbox', () => {
  let inbox: InboxApp;

  beforeEach(async () => {
    inbox = await startInboxApp();
  });
  afterEach(() => inbox.close());

  const find = async (query: string): Promise<FoundEvents> =>
    (await (await inbox.ask(`/api/events?${query}`)).json()) as FoundEvents;
  const names = ({ rows }: FoundEvents): string[] => rows.map(({ event }) => event);

  it('are whole events, by any of the filters, newest first', async () => {
    void inbox.tap.write([1, 2, 7].flatMap(sampleConversation));
    const tools = await find('event=copilot_tool_called');
    expect(tools.rows.map(({ session }) => session)).toEqual(['chat-7', 'chat-2', 'chat-1']);
    expect(tools.rows[0]?.wire).toMatchObject({
      event: 'copilot_tool_called',
      properties: { tool_name: 'run_agent', tool_call_id: 'call_7' },
    });
    expect((await find('event=copilot_tool_called&outcome=error')).total).toBe(1);
    expect((await find('session=chat-2')).total).toBe(4);
    expect((await find('person=user-1')).total).toBe(4);
    expect((await find('text=CALL_2')).total).toBe(1);
    const limited = await find('wire=true&limit=5');
    expect([limited.rows.length, limited.total, limited.hasMore]).toEqual([5, 12, true]);
  });

  it.each(['-1', '0.5', '1e9', 'x', '0'])('are as many as ever where the limit is %s', async (limit) => {
    void inbox.tap.write(Array.from({ length: 1_001 }, () => sampleEvent()));
    const { rows, total } = await find(`wire=true&limit=${limit}`);
    expect([rows.length, total]).toEqual([limit === '1e9' ? 1_000 : 100, 1_001]);
  });

  it('comes at once where it is there, and else as soon as it comes', async () => {
    void inbox.tap.write([sampleEvent({ event: 'there' })]);
    expect(names(await find('event=there&wait=60s'))).toEqual(['there']);
    const awaited = find('event=later&wait=60s');
    const other = await find('event=there&wait=60s');
    void inbox.tap.write([sampleEvent({ event: 'another' })]);
    void inbox.tap.write([sampleEvent({ event: 'later' })]);
    expect(names(await awaited)).toEqual(['later']);
    expect(names(other)).toEqual(['there']);
  });

  it('is nothing when the time is over', async () => {
    const started = performance.now();
    const { rows, total } = await find('event=never&wait=150ms');
    expect([rows, total]).toEqual([[], 0]);
    expect(performance.now() - started).toBeGreaterThan(140);
  });

  it('goes on behind a place, oldest first, without a gap or a double', async () => {
    void inbox.tap.write(Array.from({ length: 5 }, (_, place) => sampleEvent({ event: `e${place}` })));
    const first = await find('wire=true&after=');
    expect(names(first)).toEqual(['e0', 'e1', 'e2', 'e3', 'e4']);
    const awaited = find(`after=${first.boot}.${first.version}&wait=60s&limit=2`);
    void inbox.tap.write(Array.from({ length: 3 }, (_, place) => sampleEvent({ event: `f${place}` })));
    const next = await awaited;
    expect([names(next), next.hasMore]).toEqual([['f0', 'f1'], true]);
    const last = await find(`after=${next.boot}.${next.version}&wait=60s`);
    expect([names(last), last.hasMore]).toEqual([['f2'], false]);
    expect(names(await find(`after=0123456789ab.99`))).toHaveLength(8);
  });

  it('says no to a time that is none, and to the 33rd who waits', async () => {
    expect((await inbox.ask('/api/events?wait=soon')).status).toBe(400);
    const leave = new AbortController();
    const headers = { authorization: `Bearer ${inbox.token}` };
    const waiting = Array.from({ length: 33 }, () =>
      inbox.ask('/api/events?event=never&wait=60s', { headers, signal: leave.signal }),
    );
    expect((await Promise.race(waiting)).status).toBe(503);
    leave.abort();
    await Promise.allSettled(waiting);
    // Who has left waits no more, once the server has heard of it.
    let { status } = await inbox.ask('/api/events?event=never&wait=1ms');
    while (status === 503) ({ status } = await inbox.ask('/api/events?event=never&wait=1ms'));
    expect(status).toBe(200);
  });

  it('lets the application close while programs wait', async () => {
    const waiting = find('event=never&wait=60s');
    const ready = await find('wire=true');
    expect(ready.total).toBe(0);
    await inbox.close();
    expect((await waiting).rows).toEqual([]);
  });

  it('needs the token, as everything else does', async () => {
    for (const path of ['/api/events?event=a&wait=60s', '/api/conversations/s1']) {
      expect((await fetch(`${inbox.origin}/__inbox${path}`)).status).toBe(403);
    }
  });

  it('gives one session in the order in which it happened', async () => {
    const [message, tool, ...rest] = sampleConversation(3);
    if (message === undefined || tool === undefined) throw new Error('no conversation');
    void inbox.tap.write([tool, ...rest, message, ...sampleConversation(33)]);
    const session = (await (await inbox.ask('/api/conversations/chat-3')).json()) as SessionEvents;
    expect(session.rows.map(({ event }) => event)).toEqual([
      'copilot_message_sent',
      'copilot_tool_called',
      'copilot_agent_run_success',
      'copilot_response_completed',
    ]);
    const odd = 'a/b c"\u202e';
    void inbox.tap.write([sampleEvent({ properties: { session_id: odd } })]);
    expect((await inbox.ask(`/api/conversations/${encodeURIComponent(odd)}`)).status).toBe(200);
    for (const none of ['nothing', '%E0%A4%A'])
      expect((await inbox.ask(`/api/conversations/${none}`)).status).toBe(404);
  });
});
