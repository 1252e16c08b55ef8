import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DropReason } from '../../src/delivery/delivery.js';
import type { EventRecord } from '../../src/delivery/event-record.js';
import { createPreparer, type PreparedEvent, type WireSettings } from '../../src/delivery/prepare-event.js';
import type { AnalyticsEvent, JsonObject } from '../../src/event/analytics-event.js';
import { defineEvents } from '../../src/event/catalog.js';
import { copyProperties } from '../../src/event/json-value.js';
import { isUuid } from '../../src/event/uuid.js';
import { version } from '../../src/event/version.js';

const time = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const traceId = '0190e0a0-1111-7000-8000-000000000001';
const webSessionId = '0190e0a0-2222-7000-8000-000000000002';

/** Prepares one record and tells what was said beside. */
function prepare(record: Partial<EventRecord>, settings: Partial<WireSettings> = {}) {
  const said: string[] = [];
  const preparer = createPreparer(
    {
      environment: 'test',
      source: 'chat_copilot',
      anonymousEvents: 'personless',
      eventPrefix: 'copilot_',
      captureNames: true,
      checkCatalog: false,
      ...settings,
    },
    {
      warnOnce: (message, subject) => said.push(`${message.code} ${subject ?? ''}`.trim()),
      troubleBegins: () => undefined,
      troubleEnds: () => undefined,
      debug: () => undefined,
    },
    { now: () => time, monotonic: () => 0, setTimer: () => ({ cancel: () => undefined }) },
  );
  const prepared = preparer({ event: 'plan_upgraded', time, properties: {}, context: {}, ...record });
  return { prepared, said };
}

function eventOf(record: Partial<EventRecord>, settings?: Partial<WireSettings>): AnalyticsEvent {
  return sentOf(prepare(record, settings).prepared).event;
}

function propertiesOf(record: Partial<EventRecord>, settings?: Partial<WireSettings>): JsonObject {
  return eventOf(record, settings).properties;
}

function sentOf(prepared: PreparedEvent | DropReason): PreparedEvent {
  if (typeof prepared === 'string') throw new Error(`dropped: ${prepared}`);
  return prepared;
}

describe('the batch element', () => {
  it('holds exactly what PostHog reads, once serialised', () => {
    const { prepared } = prepare({
      event: 'copilot_tool_called',
      properties: { tool_name: 'find', tool_call_id: 'call_1' },
      measured: { outcome: 'success', duration_ms: 12.5 },
      context: { userId: 'user_1', sessionId: 'session-1' },
      source: 'Tools.find',
    });
    const sent = sentOf(prepared);
    expect(JSON.parse(sent.json)).toStrictEqual({
      event: 'copilot_tool_called',
      distinct_id: 'user_1',
      timestamp: '2026-01-02T03:04:05.678Z',
      uuid: sent.event.uuid,
      properties: {
        session_id: 'session-1',
        tool_name: 'find',
        tool_call_id: 'call_1',
        outcome: 'success',
        duration_ms: 12.5,
        is_anonymous: false,
        environment: 'test',
        source: 'chat_copilot',
        $lib: 'nestjs-agent-analytics',
        $lib_version: version,
        $geoip_disable: true,
        $ignore_sent_at: true,
      },
    });
    expect(sent).toMatchObject({ lane: 'batch', source: 'Tools.find', bytes: Buffer.byteLength(sent.json) });
    expect(sent.event.properties).toStrictEqual((JSON.parse(sent.json) as { properties: object }).properties);
  });

  it('has a uuid v7 of its moment, or v5 of the dedup key', () => {
    expect(eventOf({}).uuid).toMatch(new RegExp(`^0${time.toString(16).slice(0, 7)}-.{4}-7`));
    const keyed = { dedupKey: 'run-1' };
    expect(eventOf(keyed).uuid).toBe(eventOf({ ...keyed, time: time + 5 }).uuid);
    expect(eventOf(keyed).uuid).not.toBe(eventOf({ dedupKey: 'run-2' }).uuid);
    expect(eventOf(keyed).uuid).not.toBe(eventOf({ ...keyed, event: 'other' }).uuid);
    expect(eventOf(keyed).distinctId).toBe(eventOf(keyed).distinctId);
  });

  it.each([NaN, -1, Infinity, 8.64e15])('takes the present where the moment is no time (%d)', (moment) => {
    expect(eventOf({ time: moment }).timestamp).toBe('2026-01-02T03:04:05.678Z');
  });

  it.each(['', '   ', 5 as unknown as string, undefined as unknown as string])(
    'is not made without a name (%o)',
    (event) => {
      const { prepared, said } = prepare({ event });
      expect(prepared).toBe('empty_name');
      expect(said).toEqual([expect.stringMatching(/^NAA208/)]);
    },
  );

  it('mends lone surrogates wherever they come from', () => {
    const lone = 'x\ud800';
    const sent = sentOf(
      prepare({
        event: lone,
        sessionId: lone,
        userId: lone,
        traceId: lone,
        spanId: lone,
        parentSpanId: lone,
        groups: { [lone]: lone },
        measured: { error_type: lone },
        properties: { [lone]: lone, deep: [{ lone }] },
        context: { properties: { [`c${lone}`]: lone }, flags: { [lone]: lone }, surface: lone, triggerRef: lone },
      }).prepared,
    );
    expect(sent.json).not.toContain('\\ud');
    expect(sent.event.properties).toMatchObject({ $ai_span_id: 'x\ufffd', surface: 'x\ufffd', 'x\ufffd': 'x\ufffd' });
    expect(sent.json).toContain('"$ai_parent_id":"x\ufffd"');
  });

  it('cuts nothing of a large event for a text that only looks like an escape, nor for a lone surrogate', () => {
    const numbers = (prefix: string) =>
      Object.fromEntries(Array.from({ length: 6_000 }, (_, n) => [`${prefix}${n}`, 1]));
    for (const text of ['C:\\users\\udo', 'C:\\\\udd00', 'x\ud800']) {
      const properties = propertiesOf({ properties: { text, ...numbers('own') }, measured: numbers('measured') });
      expect(Object.keys(properties).length).toBeGreaterThan(12_000);
      expect(properties.text).toBe(text.toWellFormed());
    }
  });

  it('keeps text that only looks like an escape', () => {
    expect(propertiesOf({ properties: { path: 'C:\\udd00' } }).path).toBe('C:\\udd00');
  });

  it('is dropped alone where it is too large or can not be serialised', () => {
    expect(prepare({ event: 'copilot_tool_called', properties: { tool_name: 'x'.repeat(1_000_000) } }).prepared).toBe('too_large'); // prettier-ignore
    expect(prepare({ properties: { big: 1n } as unknown as JsonObject }).prepared).toBe('unserialisable');
    expect(prepare({ context: null as unknown as EventRecord['context'] }).prepared).toBe('unserialisable');
  });

  it('is cut where a property of the caller is too large, and the event with it', () => {
    const sent = sentOf(prepare({ properties: { big: 'x'.repeat(1_000_000) } }).prepared);
    expect(sent.bytes).toBeLessThan(990_000);
    expect(sent.event.properties.big).toContain('[Truncated: ');
  });

  it('goes the AI lane when it is a large AI event', () => {
    const sent = sentOf(
      prepare({ event: '$ai_generation', properties: { $ai_input: 'x'.repeat(2_000_000) } }).prepared,
    );
    expect(sent).toMatchObject({ lane: 'ai' });
  });
});

describe('the person', () => {
  it('is the explicit user, else the context’s', () => {
    expect(eventOf({ userId: 'a', context: { userId: 'b' } }).distinctId).toBe('a');
    expect(eventOf({ userId: undefined, context: { userId: 'b' } }).distinctId).toBe('b');
    expect(eventOf({ userId: 7 }).distinctId).toBe('7');
  });

  it.each([null, '', '  '])('is anonymous where the caller says so (%o), whatever the context', (userId) => {
    const event = eventOf({ userId, context: { userId: 'b', sessionId: 's' } });
    expect(event).toMatchObject({ distinctId: 'anonymous_s', properties: { is_anonymous: true, session_id: 's' } });
  });

  it('is personless when anonymous, unless profiles are asked for', () => {
    const record = { context: { sessionId: 's' } };
    expect(propertiesOf(record)).toMatchObject({ $process_person_profile: false, is_anonymous: true });
    expect(propertiesOf(record, { anonymousEvents: 'profile' })).not.toHaveProperty('$process_person_profile');
    expect(propertiesOf({ userId: 'u' })).not.toHaveProperty('$process_person_profile');
  });

  it('is not sent at all in drop mode', () => {
    const drop = { anonymousEvents: 'drop' } as const;
    expect(prepare({ context: { sessionId: 's' } }, drop).prepared).toBe('anonymous');
    expect(prepare({}, drop).prepared).toBe('anonymous');
    expect(prepare({ userId: 'null' }, drop).prepared).toBe('anonymous');
    expect(eventOf({ userId: 'u' }, drop).distinctId).toBe('u');
  });

  it('is a random id, personless, where nothing is known: in profile mode too', () => {
    for (const anonymousEvents of ['personless', 'profile'] as const) {
      const [a, b] = [eventOf({}, { anonymousEvents }), eventOf({}, { anonymousEvents })];
      expect(isUuid(a.distinctId)).toBe(true);
      expect(a.distinctId).not.toBe(b.distinctId);
      expect(a.properties).toMatchObject({ session_id: null, is_anonymous: true, $process_person_profile: false });
    }
  });

  it('is the browser’s anonymous id before the session’s, never before a user', () => {
    const context = { anonymousId: 'browser-1', sessionId: 's' };
    expect(eventOf({ context })).toMatchObject({ distinctId: 'browser-1', properties: { is_anonymous: true } });
    expect(eventOf({ context: { ...context, userId: 'u' } }).distinctId).toBe('u');
  });

  it('is told once of ids that are refused, too long or none', () => {
    expect(prepare({ userId: 'Guest' }).said).toStrictEqual(['NAA201 Guest']);
    expect(prepare({ userId: 'x'.repeat(201) }).said).toStrictEqual(['NAA202']);
    expect(prepare({ userId: {} as unknown as string, source: 'A.b' }).said).toStrictEqual(['NAA203 A.b']);
  });

  it('keeps its groups, with a profile even when anonymous', () => {
    const event = eventOf({
      context: { sessionId: 's', groups: { company: 'acme', team: 'a' } },
      groups: { team: 'b' },
    });
    expect(event.groups).toStrictEqual({ company: 'acme', team: 'b' });
    expect(event.properties).toMatchObject({
      $groups: { company: 'acme', team: 'b' },
      group_company: 'acme',
      group_team: 'b',
      is_anonymous: true,
    });
    expect(event.properties).not.toHaveProperty('$process_person_profile');
  });

  it('has no groups where they are blank or no ids', () => {
    const event = eventOf({ context: { sessionId: 's', groups: { a: '', b: null, ' ': 'x' } as unknown as Record<string, string> } }); // prettier-ignore
    expect(event.groups).toStrictEqual({});
    expect(event.properties).not.toHaveProperty('$groups');
    expect(event.properties.$process_person_profile).toBe(false);
  });
});

describe('session, trace and context', () => {
  it('puts the raw session beside the one that the AI views take', () => {
    const properties = propertiesOf({ sessionId: 'chat 1/ü', traceId, spanId: 'span-1', parentSpanId: 'span-0' });
    expect(properties).toMatchObject({
      session_id: 'chat 1/ü',
      $ai_trace_id: traceId,
      $ai_span_id: 'span-1',
      $ai_parent_id: 'span-0',
    });
    expect(properties.$ai_session_id).toMatch(/^[0-9a-f]{32}$/);
  });

  it('has no AI ids outside a trace, and no empty ones inside', () => {
    expect(Object.keys(propertiesOf({ sessionId: 's', spanId: 'x' })).filter((key) => key.startsWith('$ai_'))).toStrictEqual([]); // prettier-ignore
    expect(Object.keys(propertiesOf({ traceId })).filter((key) => key.startsWith('$ai_'))).toStrictEqual([
      '$ai_trace_id',
    ]);
  });

  it('lies where the context lies, unless the record has a trace of its own', () => {
    const context = { traceId: 'outer', parentSpanId: 'outer-span' };
    expect(propertiesOf({ context })).toMatchObject({ $ai_trace_id: 'outer', $ai_parent_id: 'outer-span' });
    const own = propertiesOf({ context, traceId });
    expect(own.$ai_trace_id).toBe(traceId);
    expect(own).not.toHaveProperty('$ai_parent_id');
  });

  it('takes a web session only for what it is', () => {
    expect(propertiesOf({ context: { webSessionId } }).$session_id).toBe(webSessionId);
    expect(propertiesOf({ context: { webSessionId: 'chat-1', sessionId: 's' } })).not.toHaveProperty('$session_id');
  });

  it('tells what the work is for', () => {
    const context = { trigger: 'schedule', triggerRef: 'nightly', surface: 'slack', flags: { beta: true, model: 'b' } } as const; // prettier-ignore
    expect(propertiesOf({ context })).toMatchObject({
      trigger: 'schedule',
      trigger_ref: 'nightly',
      surface: 'slack',
      '$feature/beta': true,
      '$feature/model': 'b',
    });
    expect(propertiesOf({ context: { triggerRef: null, surface: null } })).not.toHaveProperty('surface');
  });

  it('names the prompt on AI events only', () => {
    const context = { prompt: { name: 'planner', version: 3 } };
    expect(propertiesOf({ context })).not.toHaveProperty('$ai_prompt_name');
    expect(propertiesOf({ context, event: '$ai_generation' })).toMatchObject({
      $ai_prompt_name: 'planner',
      $ai_prompt_version: 3,
    });
  });
});

describe('the order of properties', () => {
  it('lets the record’s own win over the context’s, and keeps null', () => {
    const context = { properties: { plan: 'free', region: 'eu', gone: null }, trigger: 'webhook', triggerRef: 'c' } as const; // prettier-ignore
    const properties = propertiesOf({ context, properties: { plan: 'pro', seats: null, trigger_ref: 'own' } });
    expect(properties).toMatchObject({ plan: 'pro', region: 'eu', gone: null, seats: null, trigger_ref: 'own' });
  });

  it('lets nothing win over what is measured, decided and the library’s, and tells what lost', () => {
    const claimed = {
      duration_ms: 1,
      session_id: 'claimed',
      is_anonymous: true,
      environment: 'claimed',
      source: 'claimed',
      $lib: 'claimed',
      $lib_version: '0',
      $ai_trace_id: 'claimed',
      group_company: 'claimed',
      $groups: {},
      $geoip_disable: false,
      $ignore_sent_at: false,
    };
    const { prepared, said } = prepare({
      properties: { ...claimed, plan: 'pro' },
      measured: { duration_ms: 7 },
      context: { userId: 'u', sessionId: 's', groups: { company: 'acme' }, properties: { environment: 'context' } },
      traceId,
    });
    expect(sentOf(prepared).event.properties).toMatchObject({
      plan: 'pro',
      duration_ms: 7,
      session_id: 's',
      is_anonymous: false,
      environment: 'test',
      source: 'chat_copilot',
      $lib: 'nestjs-agent-analytics',
      $lib_version: version,
      $ai_trace_id: traceId,
      group_company: 'acme',
      $groups: { company: 'acme' },
      $geoip_disable: true,
      $ignore_sent_at: true,
    });
    expect(said.sort()).toStrictEqual(Object.keys(claimed).map((key) => `NAA106 plan_upgraded.${key}`).sort()); // prettier-ignore
  });

  it('says nothing where the caller passed the same value', () => {
    expect(prepare({ properties: { session_id: 's' }, sessionId: 's' }).said).toStrictEqual([]);
  });

  it('keeps __proto__ and other odd names as data', () => {
    const properties = copyProperties(JSON.parse('{"__proto__":{"x":1},"constructor":"c","toString":1}'));
    const context = { properties: JSON.parse('{"__proto__":1,"hasOwnProperty":2}') as JsonObject };
    const { json } = sentOf(prepare({ properties, context }).prepared);
    expect(json).toContain('"__proto__":{"x":1},"constructor":"c","toString":1,"hasOwnProperty":2');
    expect(({} as { x?: number }).x).toBeUndefined();
  });

  it('mends what the context holds', () => {
    const context = { properties: { big: 1n, at: new Date(NaN), fn: () => 1 } } as unknown as EventRecord['context'];
    const properties = propertiesOf({ context });
    expect(properties).toMatchObject({ big: '1', at: null });
    expect(properties).not.toHaveProperty('fn');
  });
});

describe('declared properties', () => {
  it('stand on their event, null where unknown', () => {
    expect(propertiesOf({ event: 'copilot_agent_scheduled', properties: { cron: '* * * * *' } })).toMatchObject({
      graph_id: null,
      graph_name: null,
      schedule_id: null,
      schedule_name: null,
      cron: '* * * * *',
      library_agent_id: null,
    });
    expect(propertiesOf({ event: 'agent_scheduled' })).not.toHaveProperty('graph_id');
    expect(propertiesOf({ event: 'chat_agent_scheduled' }, { eventPrefix: 'chat_' })).toHaveProperty('graph_id', null);
  });

  it('are warned of where a message has no length', () => {
    const record = { event: 'copilot_message_sent', source: 'Chat.send' };
    expect(prepare(record).said).toStrictEqual(['NAA204 Chat.send']);
    expect(prepare({ ...record, properties: { message_length: 0 } }).said).toStrictEqual([]);
  });

  it('withhold names on request', () => {
    const record = { event: 'copilot_agent_scheduled', properties: { graph_name: 'g', schedule_name: 's', cron: 'c' } };
    expect(propertiesOf(record)).toMatchObject({ graph_name: 'g', schedule_name: 's' });
    expect(propertiesOf(record, { captureNames: false })).toMatchObject({
      graph_name: null,
      schedule_name: null,
      cron: 'c',
    });
    expect(propertiesOf({}, { captureNames: false })).not.toHaveProperty('graph_name');
  });

  it('are checked against the catalog in development, and sent all the same', () => {
    const catalog = defineEvents({ plan_upgraded: z.strictObject({ plan: z.string() }) });
    const record = { properties: { plan: 5 } };
    const { said, prepared } = prepare(record, { catalog, checkCatalog: true });
    expect(said).toStrictEqual([expect.stringMatching(/^NAA207 plan_upgraded: plan: /)]);
    expect(sentOf(prepared).event.properties.plan).toBe(5);
    expect(prepare(record, { catalog }).said).toStrictEqual([]);
    expect(prepare({ event: 'unheard_of' }, { catalog, checkCatalog: true }).said).toHaveLength(1);
    expect(prepare({ event: 'copilot_tool_called' }, { catalog, checkCatalog: true }).said).toStrictEqual([]);
  });
});

describe('beforeSend', () => {
  it('changes what goes out, and nothing of the caller’s', () => {
    const properties = { email: 'a@b.example', list: [1] };
    const sent = sentOf(
      prepare(
        { properties, userId: 'u' },
        {
          beforeSend: (event) => {
            (event.properties.list as number[]).push(2);
            return { ...event, event: 'renamed', properties: { ...event.properties, email: '[gone]' } };
          },
        },
      ).prepared,
    );
    expect(JSON.parse(sent.json)).toMatchObject({ event: 'renamed', properties: { email: '[gone]', list: [1, 2] } });
    expect(sent.event.properties.email).toBe('[gone]');
    expect(properties).toStrictEqual({ email: 'a@b.example', list: [1] });
  });

  it('cuts nothing of what was captured, each piece of which has a bound of its own', () => {
    const lists = { first: Array<number>(8_000).fill(1), second: [...Array<number>(8_000).fill(1), 2] };
    const sent = sentOf(
      prepare({ properties: {}, measured: lists, userId: 'u' }, { beforeSend: (event) => event }).prepared,
    );
    expect(sent.event.properties).toMatchObject(lists);
  });

  it('drops with null', () => {
    expect(prepare({}, { beforeSend: () => null })).toStrictEqual({ prepared: 'before_send', said: [] });
  });

  it('that throws is told, and the event goes as it was', () => {
    const beforeSend = (event: AnalyticsEvent): AnalyticsEvent => {
      event.properties.half = 'done';
      throw new TypeError('no');
    };
    const { prepared, said } = prepare({ properties: { plan: 'pro' } }, { beforeSend });
    expect(said).toStrictEqual(['NAA205']);
    expect(sentOf(prepared).event.properties).toMatchObject({ plan: 'pro' });
    expect(sentOf(prepared).event.properties).not.toHaveProperty('half');
  });

  it.each([
    ['nothing', () => undefined],
    ['text', () => 'event'],
    ['an empty object', () => ({})],
    ['a promise', () => Promise.resolve()],
    ['a promise that rejects', () => Promise.reject(new Error('late'))],
  ])('that returns %s drops the event and is told: it may have meant to take something out', (_what, hook) => {
    const { prepared, said } = prepare({}, { beforeSend: hook as unknown as () => AnalyticsEvent });
    expect({ prepared, said }).toStrictEqual({ prepared: 'before_send', said: ['NAA206'] });
  });

  it('can not make an event that PostHog would refuse a batch for', () => {
    const broken = {
      event: 'x\ud800',
      distinctId: ' ',
      uuid: 'no',
      timestamp: 'never',
      properties: { a: 1n, b: '\ud800' },
    };
    const sent = sentOf(prepare({ userId: 'u' }, { beforeSend: () => broken as unknown as AnalyticsEvent }).prepared);
    expect(sent.event).toMatchObject({
      event: 'x\ufffd',
      distinctId: 'u',
      timestamp: '2026-01-02T03:04:05.678Z',
      properties: { a: '1', b: '\ufffd' },
      groups: {},
    });
    expect(isUuid(sent.event.uuid)).toBe(true);
    expect(prepare({}, { beforeSend: (event) => ({ ...event, event: ' ' }) }).prepared).toBe('empty_name');
  });

  it('takes groups out, or puts others in, everywhere that they stand', () => {
    const record = { userId: 'u', groups: { company: 'secret', team: 't1' } };
    const wire = (beforeSend: (event: AnalyticsEvent) => AnalyticsEvent) =>
      (JSON.parse(sentOf(prepare(record, { beforeSend }).prepared).json) as { properties: JsonObject }).properties;
    const { $groups, group_company, group_team } = wire((event) => ({ ...event, groups: {} }));
    expect([$groups, group_company, group_team]).toEqual([undefined, undefined, undefined]);
    expect(JSON.stringify(wire((event) => ({ ...event, groups: { team: 't2' } })))).not.toContain('secret');
    expect(wire((event) => ({ ...event, groups: { team: 't2' } }))).toMatchObject({
      $groups: { team: 't2' },
      group_team: 't2',
    });
    const untouched = { $groups: { company: 'secret', team: 't1' }, group_company: 'changed' };
    const change = (event: AnalyticsEvent) => ({
      ...event,
      properties: { ...event.properties, group_company: 'changed' },
    });
    expect(wire(change)).toMatchObject(untouched);
  });

  it('sees plain records too', () => {
    expect(prepare({ kind: 'plain', distinctId: 'u' }, { beforeSend: () => null }).prepared).toBe('before_send');
  });
});

describe('a plain record', () => {
  const record: Partial<EventRecord> = {
    kind: 'plain',
    event: '$identify',
    distinctId: 'user_1',
    uuid: webSessionId,
    properties: { $anon_distinct_id: 'anonymous_s', $set: { plan: 'pro' }, $lib: 'posthog-node' },
    context: { userId: 'other', sessionId: 's', groups: { company: 'acme' }, properties: { a: 1 } },
  };

  it('goes out as it is, with the library’s properties only where absent', () => {
    expect(JSON.parse(sentOf(prepare(record).prepared).json)).toStrictEqual({
      event: '$identify',
      distinct_id: 'user_1',
      timestamp: '2026-01-02T03:04:05.678Z',
      uuid: webSessionId,
      properties: {
        $anon_distinct_id: 'anonymous_s',
        $set: { plan: 'pro' },
        $lib: 'posthog-node',
        $lib_version: version,
        $geoip_disable: true,
        $ignore_sent_at: true,
      },
    });
  });

  it('is mended where PostHog would refuse the batch', () => {
    const event = eventOf({ ...record, uuid: 'no', distinctId: '\ud800', properties: { a: '\ud800' } });
    expect(event).toMatchObject({ distinctId: '\ufffd', properties: { a: '\ufffd' } });
    expect(isUuid(event.uuid)).toBe(true);
    expect(isUuid(eventOf({ ...record, distinctId: ' ' }).distinctId)).toBe(true);
    expect(prepare({ ...record, event: '' }).prepared).toBe('empty_name');
  });

  it('is sent in drop mode, with the groups that it names', () => {
    const event = eventOf({ ...record, properties: { $groups: { company: 'b' } } }, { anonymousEvents: 'drop' });
    expect(event.groups).toStrictEqual({ company: 'b' });
  });
});
