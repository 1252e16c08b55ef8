import { PostHog } from 'posthog-node';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { PostHogClients } from '../../src/delivery/posthog-client.js';
import { systemClock } from '../../src/event/clock.js';
import { version } from '../../src/event/version.js';
import { auditedPipeline } from '../support/audited-pipeline.js';
import { startPostHogServer, type IngestedEvent, type PostHogServer } from '../support/posthog-server.js';
import { Spoken } from '../support/spoken.js';

/** Both clients have the whole of posthog-node's interface; what differs is who brings the events to the server. */
type Act = (client: PostHog) => void | Promise<unknown>;

const uuid = '0190e0a4-6c4e-7b7d-9c3e-1f2a3b4c5d6e';
const timestamp = new Date('2026-01-02T03:04:05.678Z');
const thrown = new TypeError('no agent');

const acts: Record<string, Act> = {
  'capture with everything': (client) =>
    client.capture({
      distinctId: 'u1',
      event: 'copilot_message_sent',
      properties: {
        session_id: 's1',
        message_length: 1,
        text: 'é👍 "quoted" \u2028\n',
        nested: { list: [1, null, { deep: true }], empty: {}, none: [] },
        nothing: null,
        zero: 0,
        fraction: 0.1,
        when: timestamp,
        absent: undefined,
      },
      groups: { company: 'c1' },
      timestamp,
      uuid,
    }),
  'capture without a person profile': (client) =>
    client.capture({ distinctId: 'anonymous_s1', event: 'e', properties: { $process_person_profile: false } }),
  captureImmediate: (client) => client.captureImmediate({ distinctId: 'u1', event: 'e', uuid }),
  identify: (client) =>
    client.identify({
      distinctId: 'u1',
      properties: { $set: { plan: 'pro' }, $set_once: { since: 2026 }, $anon_distinct_id: 'a1' },
    }),
  alias: (client) => client.alias({ distinctId: 'u1', alias: 'a1' }),
  groupIdentify: (client) => client.groupIdentify({ groupType: 'company', groupKey: 'c1', properties: { size: 3 } }),
  captureException: (client) => client.captureExceptionImmediate(thrown, 'u1', { where: 'here' }),
  'captureAi, small': (client) =>
    void client.captureAi({ distinctId: 'u1', event: '$ai_generation', properties: { $ai_model: 'm' } }),
  'capture with a snapshot of flags': async (client) => {
    const flags = await client.evaluateFlags('u1');
    client.capture({ distinctId: 'u1', event: 'e', flags });
  },
  'capture that asks for flags': (client) => client.capture({ distinctId: 'u1', event: 'e', sendFeatureFlags: true }),
  'the use of a flag': async (client) => void (await client.evaluateFlags('u1')).getFlag('chat'),
  setPersonProperties: (client) => client.setPersonProperties({ distinctId: 'u1', properties: { plan: 'pro' } }),
  'capture within a context': (client) =>
    client.withContext({ distinctId: 'u1', sessionId: 'web1', properties: { from: 'context' } }, () =>
      client.capture({ event: 'e' }),
    ),
};

describe('The same events through posthog-node and through our delivery', () => {
  let server: PostHogServer;
  beforeEach(async () => {
    server = await startPostHogServer({ apiKey: 'phc_test' });
    server.flags = {
      flags: {
        chat: { key: 'chat', enabled: true, variant: 'b', reason: {}, metadata: { id: 1, version: 2 } },
        old: { key: 'old', enabled: false, reason: {}, metadata: {} },
      },
    };
  });
  afterEach(() => server.close());

  const byPostHogNode = async (act: Act): Promise<IngestedEvent> => {
    const client = new PostHog('phc_test', { host: server.url });
    await act(client);
    await client.shutdown();
    return server.events.at(-1) as IngestedEvent;
  };

  const byOurs = async (act: Act): Promise<IngestedEvent> => {
    const { pipeline } = auditedPipeline({ server });
    const clients = new PostHogClients({
      apiKey: 'phc_test',
      host: server.url,
      record: (record) => pipeline.record(record),
      clock: systemClock,
      reporter: new Spoken(),
    });
    onTestFinished(() => clients.close());
    await act(await clients.get());
    await clients.close();
    expect(await pipeline.flush()).toMatchObject({ delivered: 1, pending: 0 });
    return server.events.at(-1) as IngestedEvent;
  };

  it.each(Object.entries(acts))('are one for %s', async (_, act) => {
    const theirs = await byPostHogNode(act);
    const ours = await byOurs(act);
    expect(server.events).toHaveLength(2);

    // On everything stand our own $lib and version, and $ignore_sent_at.
    expect(ours.properties).toMatchObject({
      $lib: 'nestjs-agent-analytics',
      $lib_version: version,
      $ignore_sent_at: true,
    });
    expect(shapeOf(ours)).toEqual(shapeOf(theirs));
    expect(Object.keys(ours.properties).toSorted()).toEqual(
      [...Object.keys(theirs.properties), '$ignore_sent_at'].toSorted(),
    );
    // Not given by the caller, both are made anew: the moment is the same, to the second.
    if (theirs.uuid !== uuid) expect(ours.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(Math.abs(ours.time - theirs.time)).toBeLessThan(2_000);
  });

  it('are one on the wire but for sent_at and the library: names of fields, and their types', async () => {
    const bodies: unknown[] = [];
    for (const send of [byPostHogNode, byOurs]) {
      await send(acts['capture with everything'] as Act);
      bodies.push(server.requests.at(-1)?.json);
    }
    const [theirs, ours] = bodies as { api_key: string; batch: Record<string, unknown>[] }[];
    expect(ours?.api_key).toBe(theirs?.api_key);
    expect(Object.keys(ours?.batch[0] ?? {}).toSorted()).toEqual(Object.keys(theirs?.batch[0] ?? {}).toSorted());
  });
});

/** What must be the same: all but the library's name, what is made anew for each, and the stack's line of the call. */
function shapeOf(event: IngestedEvent): object {
  const { $lib, $lib_version, $ignore_sent_at, ...properties } = event.properties;
  void [$lib, $lib_version, $ignore_sent_at];
  if (properties.$feature_flag_evaluated_at !== undefined) properties.$feature_flag_evaluated_at = 'then';
  const isGiven = event.uuid === uuid;
  return {
    event: event.event,
    distinct_id: event.distinct_id,
    uuid: isGiven ? uuid : 'new',
    timestamp: event.timestamp === timestamp.toISOString() ? event.timestamp : 'now',
    properties: JSON.parse(JSON.stringify(properties)) as object,
  };
}
