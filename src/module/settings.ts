import type { EventSink } from '../delivery/event-sink.js';
import { refusedPostHogOptions } from '../delivery/posthog-client.js';
import type { Catalog } from '../event/catalog.js';
import { messages } from '../event/messages.js';
import { readAgentSettings, type AgentSettings } from './agent-settings.js';
import type { AnalyticsOptions } from './analytics.options.js';
import { AnalyticsConfigurationError } from './configuration-error.js';
import { readDelivery, type DeliverySettings } from './delivery-settings.js';
import {
  present,
  readOption,
  readSetting,
  refuseUnknown,
  setting,
  shown,
  type ReadVariable,
  type Setting,
} from './read-setting.js';
import {
  callback,
  flag,
  hostUrl,
  integer,
  listOf,
  number,
  objectWith,
  oneOf,
  prefix,
  text,
  trueOrFalse,
} from './setting-parsers.js';

/** The options with every default filled in. */
export type AnalyticsSettings = PlainSettings &
  AgentSettings &
  DeliverySettings &
  Pick<
    AnalyticsOptions,
    'identity' | 'verifySession' | 'catalog' | 'strict' | 'sinks' | 'beforeSend' | 'onDrop' | 'posthog'
  > & {
    readonly apiKey: string | undefined;
    /** Whether events are checked against the catalog. */
    readonly checkCatalog: boolean;
  };

/**
 * The settings: options first, then variables, then defaults.
 * Throws `AnalyticsConfigurationError` for the first that is malformed or unknown; never shows a key.
 */
export function resolveSettings(options: AnalyticsOptions, variable: ReadVariable): AnalyticsSettings {
  if (!isObject(options)) throw new AnalyticsConfigurationError(messages.noOptions(shown(options)));
  refuseUnknown(options, [...Object.keys(plainSettings), ...codeOnly]);
  const nodeEnv = variable('NODE_ENV');
  const plain = Object.fromEntries(
    Object.entries(plainSettings).map(([option, setting]) => [
      option,
      readSetting<unknown>(option, setting, options[option as keyof AnalyticsOptions], variable),
    ]),
  ) as unknown as PlainSettings;
  return {
    ...plain,
    environment: plain.environment || (typeof nodeEnv === 'string' && nodeEnv !== '' ? nodeEnv : 'development'),
    apiKey: readKey(options, variable),
    ...readDelivery(options, variable),
    ...readAgentSettings(options),
    checkCatalog: options.catalog !== undefined && nodeEnv !== 'production',
    identity: readOption('identity', options.identity, callback()),
    verifySession: readOption('verifySession', options.verifySession, callback()),
    catalog: readOption('catalog', options.catalog, catalogOfEvents),
    strict: readOption('strict', options.strict, trueOrFalse),
    sinks: readOption('sinks', options.sinks, listOfSinks),
    beforeSend: readOption('beforeSend', options.beforeSend, callback()),
    onDrop: readOption('onDrop', options.onDrop, callback()),
    posthog: readPostHogOptions(options.posthog),
  };
}

function isObject(options: unknown): boolean {
  return typeof options === 'object' && options !== null && !Array.isArray(options);
}

const catalogOfEvents = objectWith<Catalog>('what defineEvents() returns', 'check');
const listOfSinks = listOf(
  'a list of sinks, each with a method write(events)',
  objectWith<EventSink>('a sink', 'write'),
);
const clientOptions = objectWith<NonNullable<AnalyticsOptions['posthog']>>("an object of posthog-node's options");

const day = 24 * 60 * 60_000;

const plainSettings = {
  host: setting('POSTHOG_HOST', hostUrl, 'https://us.i.posthog.com'),
  enabled: setting('ANALYTICS_ENABLED', flag, true),
  environment: setting('ANALYTICS_ENVIRONMENT', text, ''),
  source: setting('ANALYTICS_SOURCE', text, 'chat_copilot'),
  eventPrefix: setting('ANALYTICS_EVENT_PREFIX', prefix, 'copilot_'),
  anonymousEvents: setting('ANALYTICS_ANONYMOUS_EVENTS', oneOf('personless', 'profile', 'drop'), 'personless'),
  posthogHeaders: setting('ANALYTICS_POSTHOG_HEADERS', flag, false),
  exposeTraceId: setting('ANALYTICS_EXPOSE_TRACE_ID', flag, false),
  interceptor: setting('ANALYTICS_INTERCEPTOR', flag, true),
  maxPending: setting('ANALYTICS_MAX_PENDING', integer(1, 10_000_000, 'events'), 100_000),
  maxPendingBytes: setting('ANALYTICS_MAX_PENDING_BYTES', integer(1_000_000, 2 ** 40, 'bytes'), 64 * 1024 * 1024),
  flushIntervalMs: setting('ANALYTICS_FLUSH_INTERVAL_MS', number(0, 60 * 60_000, 'milliseconds'), 1_000),
  shutdownTimeoutMs: setting('ANALYTICS_SHUTDOWN_TIMEOUT_MS', number(0, day, 'milliseconds'), 5_000),
  sampleRate: setting('ANALYTICS_SAMPLE_RATE', number(0, 1, ''), 1),
  captureNames: setting('ANALYTICS_CAPTURE_NAMES', flag, true),
  captureErrorMessages: setting('ANALYTICS_CAPTURE_ERROR_MESSAGES', flag, false),
} as const;

type PlainSettings = {
  readonly [K in keyof typeof plainSettings]: (typeof plainSettings)[K] extends Setting<infer T> ? T : never;
};

function readKey(options: AnalyticsOptions, read: ReadVariable): string | undefined {
  const names = ['POSTHOG_API_KEY', 'POSTHOG_PROJECT_TOKEN'];
  const inCode = present(options.apiKey);
  const name = names.find((variable) => present(read(variable)) !== undefined);
  const raw = inCode ?? (name === undefined ? undefined : read(name));
  if (raw === undefined) return undefined;
  const where = inCode === undefined ? String(name) : 'the option apiKey';
  const key = typeof raw === 'string' ? raw.trim() : '';
  if (key.startsWith('phx_')) throw new AnalyticsConfigurationError(messages.personalKey(where));
  if (!/^[\w.-]+$/.test(key)) throw new AnalyticsConfigurationError(messages.badKey(where));
  return key;
}

function readPostHogOptions(given: AnalyticsOptions['posthog']): AnalyticsOptions['posthog'] {
  const posthog = readOption('posthog', given, clientOptions);
  const refused = refusedPostHogOptions.find((option) => option in (posthog ?? {}));
  if (refused === undefined) return posthog;
  throw new AnalyticsConfigurationError(messages.refusedPostHogOption(refused));
}

/** Read by themselves. */
const codeOnly = [
  'apiKey',
  'delivery',
  'spool',
  'identity',
  'verifySession',
  'captureContent',
  'integrations',
  'traces',
  'generations',
  'toolEvents',
  'isAgentRun',
  'catalog',
  'strict',
  'sinks',
  'beforeSend',
  'onDrop',
  'posthog',
];
