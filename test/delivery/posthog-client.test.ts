import type { PostHog } from 'posthog-node';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { EventRecord } from '../../src/delivery/event-record.js';
import { PostHogClients, type PostHogClientParts } from '../../src/delivery/posthog-client.js';
import { FakeClock } from '../support/fake-clock.js';
import { startPostHogServer, type PostHogServer } from '../support/posthog-server.js';
import { Spoken } from '../support/spoken.js';

const uuid = '0190e0a4-6c4e-7b7d-9c3e-1f2a3b4c5d6e';

describe('PostHogClients', () => {
  let server: PostHogServer;
  let records: EventRecord[];
  const clock = new FakeClock();
  let reporter: Spoken;
  beforeEach(async () => {
    server = await startPostHogServer();
    records = [];
    reporter = new Spoken();
  });
  afterEach(() => server.close());

  const create = (parts: Partial<PostHogClientParts> = {}) => {
    const record = (taken: EventRecord) => void records.push(taken);
    const clients = new PostHogClients({ apiKey: 'phc_test', host: server.url, record, clock, reporter, ...parts });
    onTestFinished(() => clients.close());
    return clients;
  };
  /** posthog-node builds exceptions, and what asks for flags, in the background. */
  const settled = (client: PostHog) => client.flush();

  it('takes over what is captured, with its person, uuid, time and properties', async () => {
    const client = await create().get();
    const timestamp = new Date('2026-05-06T07:08:09.123Z');
    client.capture({
      distinctId: 'u1',
      event: 'by_hand',
      properties: { a: 1 },
      groups: { company: 7 },
      timestamp,
      uuid,
    });
    expect(records).toEqual([
      {
        kind: 'plain',
        event: 'by_hand',
        time: timestamp.getTime(),
        properties: { a: 1, $groups: { company: 7 }, $is_server: true, $geoip_disable: true },
        context: {},
        distinctId: 'u1',
        uuid,
      },
    ]);
    await settled(client);
    expect(server.requests).toHaveLength(0);
  });

  it('gives an event without a time that of its capture', async () => {
    const client = await create().get();
    client.capture({ distinctId: 'u1', event: 'now' });
    expect(records[0]?.time).toBe(clock.now());
  });

  it.each<[string, (client: PostHog) => void | Promise<unknown>, Partial<EventRecord>]>([
    ['captureImmediate', (c) => c.captureImmediate({ distinctId: 'u1', event: 'e' }), { event: 'e', distinctId: 'u1' }],
    [
      'identify',
      (c) => c.identify({ distinctId: 'u1', properties: { $set: { plan: 'pro' }, $anon_distinct_id: 'anonymous_s1' } }),
      { event: '$identify', distinctId: 'u1' },
    ],
    ['identifyImmediate', (c) => c.identifyImmediate({ distinctId: 'u1' }), { event: '$identify' }],
    ['alias', (c) => c.alias({ distinctId: 'u1', alias: 'a1' }), { event: '$create_alias', distinctId: 'u1' }],
    ['aliasImmediate', (c) => c.aliasImmediate({ distinctId: 'u1', alias: 'a1' }), { event: '$create_alias' }],
    [
      'groupIdentify',
      (c) => c.groupIdentify({ groupType: 'company', groupKey: 'c1', properties: { size: 3 } }),
      { event: '$groupidentify', distinctId: '$company_c1' },
    ],
    [
      'groupIdentifyImmediate',
      (c) => c.groupIdentifyImmediate({ groupType: 'company', groupKey: 'c1', distinctId: 'u1' }),
      { event: '$groupidentify', distinctId: 'u1' },
    ],
    ['captureException', (c) => c.captureException(new Error('no'), 'u1'), { event: '$exception', distinctId: 'u1' }],
    ['captureExceptionImmediate', (c) => c.captureExceptionImmediate(new Error('no'), 'u1'), { event: '$exception' }],
    ['captureAi', (c) => void c.captureAi({ distinctId: 'u1', event: '$ai_generation', uuid }), { uuid }],
    [
      'setPersonProperties',
      (c) => c.setPersonProperties({ distinctId: 'u1', properties: { a: 1 } }),
      { event: '$set' },
    ],
  ])('takes over %s', async (_, act, expected) => {
    const client = await create().get();
    await act(client);
    await settled(client);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ kind: 'plain', ...expected });
    expect(server.requests).toHaveLength(0);
  });

  it('takes over the event of a feature flag, while flags are asked for as ever', async () => {
    server.flags = { flags: { chat: { key: 'chat', enabled: true, variant: 'b', reason: {}, metadata: {} } } };
    const client = await create().get();
    const flags = await client.evaluateFlags('u1');
    expect(flags.getFlag('chat')).toBe('b');
    await settled(client);
    expect(records).toMatchObject([
      {
        event: '$feature_flag_called',
        distinctId: 'u1',
        properties: { $feature_flag: 'chat', $feature_flag_response: 'b' },
      },
    ]);
    expect(server.requests.map((request) => request.path)).toEqual(['/flags/']);
  });

  it('keeps the flags that go with an event, evaluated before or asked for', async () => {
    server.flags = {
      flags: {
        chat: { key: 'chat', enabled: true, variant: 'b', reason: {}, metadata: {} },
        old: { key: 'old', enabled: false, reason: {}, metadata: {} },
      },
    };
    const clients = create();
    const client = await clients.get();
    const flags = await client.evaluateFlags('u1');
    client.capture({ distinctId: 'u1', event: 'with_snapshot', flags });
    client.capture({ distinctId: 'u1', event: 'asking', sendFeatureFlags: true });
    await clients.close();
    for (const record of records) {
      expect(record.properties).toMatchObject({
        '$feature/chat': 'b',
        '$feature/old': false,
        $active_feature_flags: ['chat'],
      });
    }
    expect(records.map((record) => record.event)).toEqual(['with_snapshot', 'asking']);
  });

  it('records an event whose flags can not be had', async () => {
    const clients = create({ options: { featureFlagsRequestMaxRetries: 0 } });
    const client = await clients.get();
    await server.refuse();
    client.capture({ distinctId: 'u1', event: 'asking', sendFeatureFlags: true });
    await clients.close();
    expect(records.map((record) => record.event)).toEqual(['asking']);
  });

  it('takes values as they are at the call', async () => {
    const client = await create().get();
    const properties = { list: [1] };
    client.capture({ distinctId: 'u1', event: 'e', properties });
    properties.list.push(2);
    expect(records[0]?.properties.list).toEqual([1]);
  });

  it('keeps disableGeoip: false, and isServer: false', async () => {
    const client = await create({ options: { isServer: false } }).get();
    client.capture({ distinctId: 'u1', event: 'e', disableGeoip: false });
    expect(records[0]?.properties).toEqual({ $geoip_disable: false });
  });

  it('lets a claim take an event before it is recorded', async () => {
    const claimed: unknown[] = [];
    const claim = (properties: Readonly<Record<string, unknown>>) => claimed.push(properties.ticket) > 0;
    const client = await create({ claim }).get();
    client.capture({ distinctId: 'u1', event: 'e', properties: { ticket: 7 } });
    expect(claimed).toEqual([7]);
    expect(records).toEqual([]);
  });

  it('records nothing while the client is opted out', async () => {
    const client = await create().get();
    await client.disable();
    client.capture({ distinctId: 'u1', event: 'off' });
    await client.enable();
    client.capture({ distinctId: 'u1', event: 'on' });
    expect(records.map((record) => record.event)).toEqual(['on']);
  });

  it('is one client, and does nothing on the network without a key', async () => {
    const clients = create({ apiKey: undefined });
    const client = await clients.get();
    expect(await clients.get()).toBe(client);
    expect(await client.getAllFlags('u1')).toEqual({});
    client.capture({ distinctId: 'u1', event: 'e' });
    await clients.close();
    expect(server.requests).toHaveLength(0);
  });

  it('survives a message that can not be read', async () => {
    const client = await create({
      claim: () => {
        throw new TypeError('broken');
      },
    }).get();
    client.capture({ distinctId: 'u1', event: 'e' });
    await settled(client);
    expect(reporter.codes).toEqual(['NAA314']);
  });

  it('closes without a client, and twice', async () => {
    const clients = create();
    await clients.close();
    await clients.close();
    expect(records).toEqual([]);
  });

  it('records the exception that is still being built when it is closed', async () => {
    const clients = create();
    (await clients.get()).captureException(new Error('late'), 'u1');
    expect(records).toHaveLength(0);
    await clients.close();
    expect(records).toMatchObject([{ event: '$exception', properties: { $exception_list: [{ type: 'Error' }] } }]);
  });

  it('makes no timer that stays', async () => {
    const before = process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
    const client = await create().get();
    client.capture({ distinctId: 'u1', event: 'e' });
    await settled(client);
    expect(process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length).toBeLessThanOrEqual(before);
  });
});
