import type { EventMessage, PostHog, PostHogOptions } from 'posthog-node';
import type { JsonObject } from '../event/analytics-event.js';
import type { Clock } from '../event/clock.js';
import { copyProperties } from '../event/json-value.js';
import { messages } from '../event/messages.js';
import { errorType } from '../event/redaction.js';
import type { Reporter } from '../event/reporter.js';
import type { EventRecord } from './event-record.js';

/** What of posthog-node's options would take delivery out of our hands, or is set otherwise. */
export const refusedPostHogOptions = [
  'before_send',
  'disabled',
  'fetchRetryCount',
  'fetchRetryDelay',
  'flushAt',
  'flushInterval',
  'historicalMigration',
  'host',
  'maxBatchSize',
  'maxQueueSize',
  'persistence',
] as const satisfies readonly (keyof PostHogOptions)[];

/** What of posthog-node's options an application may set. */
export type PostHogClientOptions = Omit<PostHogOptions, (typeof refusedPostHogOptions)[number]>;

export interface PostHogClientParts {
  /** Absent: the client is one that does nothing. */
  readonly apiKey: string | undefined;
  readonly host: string;
  readonly options?: PostHogClientOptions | undefined;
  /** Takes what the client captures. */
  readonly record: (record: EventRecord) => void;
  /** Asked first about each captured event; `true`: it has been taken care of. */
  readonly claim?: ((properties: Readonly<Record<string, unknown>>) => boolean) | undefined;
  readonly clock: Clock;
  readonly reporter: Reporter;
}

/**
 * The posthog-node client of one application, made when it is first asked for: loading it takes some 50 ms.
 *
 * What it captures is taken over when it is complete, by its public `before_send`, and never enters its own queue.
 */
export class PostHogClients {
  private client: Promise<PostHog> | undefined;
  /** Captures that wait for feature flags to be evaluated. */
  private readonly evaluations = new Set<Promise<void>>();

  constructor(private readonly parts: PostHogClientParts) {}

  get(): Promise<PostHog> {
    return (this.client ??= this.create());
  }

  /** Ends the client, if there is one; what it is still building is recorded first. Never rejects. */
  async close(timeoutMs = 1_000): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    await client?.shutdown(timeoutMs).catch(() => undefined);
    await Promise.all(this.evaluations);
  }

  private async create(): Promise<PostHog> {
    const posthog = await import('posthog-node');
    const { apiKey, host, options } = this.parts;
    const client: PostHog = new posthog.PostHog(apiKey ?? 'phc_none', {
      ...options,
      host,
      disabled: apiKey === undefined,
      before_send: (message) => {
        this.takeOver(client, message);
        return null;
      },
    });
    return client;
  }

  private takeOver(client: PostHog, message: EventMessage | null): void {
    try {
      if (message === null || client.optedOut || this.parts.claim?.(message.properties ?? {})) return;
      const record = this.recordOf(message);
      const { flags, sendFeatureFlags } = message;
      // In posthog-node a snapshot of flags wins over asking for them.
      if (flags || !sendFeatureFlags) return this.record(record, flags ? snapshotProperties(flags) : {});
      const evaluation = this.evaluate(client, message).then((properties) => {
        this.evaluations.delete(evaluation);
        this.record(record, properties);
      });
      this.evaluations.add(evaluation);
    } catch (error) {
      this.parts.reporter.warnOnce(messages.posthogClientFailed(errorType(error)));
    }
  }

  private recordOf(message: EventMessage): EventRecord {
    const { isServer = true, disableGeoip = true } = this.parts.options ?? {};
    const properties = copyProperties(message.properties ?? {});
    const groups = copyProperties(message.groups ?? {}) as Record<string, string>;
    if (Object.keys(groups).length > 0) properties.$groups = groups;
    // What posthog-node would add after before_send.
    if (isServer) properties.$is_server = true;
    properties.$geoip_disable = message.disableGeoip ?? disableGeoip;
    const time = message.timestamp === undefined ? NaN : new Date(message.timestamp).getTime();
    return {
      kind: 'plain',
      event: message.event,
      time: Number.isNaN(time) ? this.parts.clock.now() : time,
      properties,
      context: {},
      distinctId: message.distinctId,
      uuid: message.uuid,
    };
  }

  private record(record: EventRecord, flagProperties: JsonObject): void {
    this.parts.record({ ...record, properties: { ...flagProperties, ...record.properties } });
  }

  /** What the deprecated `sendFeatureFlags` asks for; an event is worth more than its flags. Never rejects. */
  private async evaluate(client: PostHog, message: EventMessage): Promise<JsonObject> {
    const asked = typeof message.sendFeatureFlags === 'object' ? message.sendFeatureFlags : {};
    const groups = Object.entries(message.groups ?? {}).map(([type, key]) => [type, String(key)]);
    try {
      const flags = await client.getAllFlags(message.distinctId ?? '', {
        groups: Object.fromEntries(groups) as Record<string, string>,
        personProperties: asked.personProperties as Record<string, string>,
        groupProperties: asked.groupProperties as Record<string, Record<string, string>>,
        ...(message.disableGeoip !== undefined && { disableGeoip: message.disableGeoip }),
        ...(asked.onlyEvaluateLocally !== undefined && { onlyEvaluateLocally: asked.onlyEvaluateLocally }),
        ...(asked.flagKeys && { flagKeys: asked.flagKeys }),
      });
      return flagProperties(flags);
    } catch {
      return {};
    }
  }
}

/** The form that posthog-node gives to flags on an event. */
function flagProperties(flags: Readonly<Record<string, string | boolean>>): JsonObject {
  const properties: JsonObject = {};
  for (const [flag, value] of Object.entries(flags)) properties[`$feature/${flag}`] = value;
  const active = Object.keys(flags).filter((flag) => flags[flag] !== false);
  if (active.length > 0) properties.$active_feature_flags = active.sort();
  return properties;
}

/** posthog-node has no public way to read a snapshot that does not count as using the flags. */
function snapshotProperties(flags: NonNullable<EventMessage['flags']>): JsonObject {
  const snapshot = flags as { _getEventProperties?: () => Record<string, unknown> };
  return copyProperties(snapshot._getEventProperties?.() ?? {});
}
