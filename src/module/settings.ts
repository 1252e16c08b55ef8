import { messages } from '../event/messages.js';
import { readAgentSettings, type AgentSettings } from './agent-settings.js';
import type { AnalyticsOptions } from './analytics.options.js';
import { AnalyticsConfigurationError } from './configuration-error.js';
import {
  flag,
  hostUrl,
  integer,
  NOT_VALID,
  number,
  oneOf,
  prefix,
  text,
  type SettingParser,
} from './setting-parsers.js';

export { AnalyticsConfigurationError };

/** The options with every default filled in. */
export type AnalyticsSettings = PlainSettings &
  AgentSettings &
  Pick<
    AnalyticsOptions,
    'identity' | 'verifySession' | 'catalog' | 'strict' | 'sinks' | 'beforeSend' | 'onDrop' | 'posthog'
  > & {
    readonly apiKey: string | undefined;
    /** Whether events are checked against the catalog. */
    readonly checkCatalog: boolean;
  };

/** Reads one variable of the environment; `undefined` where it is not set. */
export type ReadVariable = (name: string) => unknown;

/**
 * The settings: options first, then variables, then defaults.
 * Throws `AnalyticsConfigurationError` for the first that is malformed or unknown; never shows a key.
 */
export function resolveSettings(options: AnalyticsOptions, variable: ReadVariable): AnalyticsSettings {
  refuseUnknown(options);
  const nodeEnv = variable('NODE_ENV');
  const plain = Object.fromEntries(
    Object.entries(plainSettings).map(([option, setting]) => [option, readSetting(option, setting, options, variable)]),
  ) as unknown as PlainSettings;
  return {
    ...plain,
    environment: plain.environment || (typeof nodeEnv === 'string' && nodeEnv !== '' ? nodeEnv : 'development'),
    apiKey: readKey(options, variable),
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
  delivery: setting('ANALYTICS_DELIVERY', oneOf('memory'), 'memory'),
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

interface Setting<T> {
  readonly variable: string;
  readonly parser: SettingParser<T>;
  readonly fallback: T;
}

function setting<T>(variable: string, parser: SettingParser<T>, fallback: NoInfer<T>): Setting<T> {
  return { variable, parser, fallback };
}

function readSetting(
  option: string,
  { variable, parser, fallback }: Setting<unknown>,
  options: AnalyticsOptions,
  read: ReadVariable,
): unknown {
  const inCode = options[option as keyof AnalyticsOptions] as unknown;
  const raw = inCode ?? present(read(variable));
  if (raw === undefined) return fallback;
  const value = parser.parse(raw);
  if (value !== NOT_VALID) return value;
  const where = inCode === undefined ? variable : `the option ${option}`;
  throw new AnalyticsConfigurationError(messages.badSetting(where, shown(raw), parser.expected));
}

/** A variable that is set to nothing counts as not set. */
function present(raw: unknown): unknown {
  return raw === null || (typeof raw === 'string' && raw.trim() === '') ? undefined : raw;
}

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

/** What of posthog-node's client would take delivery out of our hands. */
const refusedPostHogOptions = [
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
];

function readPostHogOptions(posthog: AnalyticsOptions['posthog']): AnalyticsOptions['posthog'] {
  const refused = Object.keys(posthog ?? {}).find((option) => refusedPostHogOptions.includes(option));
  if (refused === undefined) return posthog;
  throw new AnalyticsConfigurationError(messages.refusedPostHogOption(refused));
}

const codeOnly = [
  'apiKey',
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

function refuseUnknown(options: AnalyticsOptions): void {
  const known = [...Object.keys(plainSettings), ...codeOnly];
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown === undefined) return;
  const nearest = known.find(
    (name) => name.toLowerCase().replaceAll('_', '') === unknown.toLowerCase().replaceAll('_', ''),
  );
  throw new AnalyticsConfigurationError(messages.unknownOption(unknown, nearest));
}

/** A value as it may stand in a message: short, and never a key that ended up in the wrong variable. */
function shown(raw: unknown): string {
  if (typeof raw === 'number' || typeof raw === 'boolean' || typeof raw === 'bigint') return String(raw);
  if (typeof raw !== 'string') return `a ${typeof raw}`;
  const text = raw.replace(/ph[cx]_\w+/g, 'ph?_…').replace(/\/\/[^/@]*@/, '//…@');
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
