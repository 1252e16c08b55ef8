import { refusedPostHogOptions } from '../delivery/posthog-client.js';
import { messages } from '../event/messages.js';
import { readAgentSettings, type AgentSettings } from './agent-settings.js';
import type { AnalyticsOptions } from './analytics.options.js';
import { AnalyticsConfigurationError } from './configuration-error.js';
import { readDelivery, type DeliverySettings } from './delivery-settings.js';
import { present, readSetting, refuseUnknown, setting, type ReadVariable, type Setting } from './read-setting.js';
import { flag, hostUrl, integer, number, oneOf, prefix, text } from './setting-parsers.js';

export { AnalyticsConfigurationError };

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
    identity: options.identity,
    verifySession: options.verifySession,
    catalog: options.catalog,
    strict: options.strict,
    sinks: options.sinks,
    beforeSend: options.beforeSend,
    onDrop: options.onDrop,
    posthog: readPostHogOptions(options.posthog),
  };
}

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

function readPostHogOptions(posthog: AnalyticsOptions['posthog']): AnalyticsOptions['posthog'] {
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
