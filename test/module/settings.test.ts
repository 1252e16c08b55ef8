import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { AnalyticsOptions } from '../../src/module/analytics.options.js';
import type { AnalyticsConfigurationError } from '../../src/module/configuration-error.js';
import { resolveSettings } from '../../src/module/settings.js';

type Environment = Record<string, unknown>;
const settingsFrom = (environment: Environment, options: AnalyticsOptions = {}) =>
  resolveSettings(options, (name) => environment[name]);
const errorFrom = (environment: Environment, options: unknown = {}): AnalyticsConfigurationError => {
  try {
    settingsFrom(environment, options as AnalyticsOptions);
  } catch (error) {
    return error as AnalyticsConfigurationError;
  }
  throw new Error('no setting was refused');
};

describe('defaults', () => {
  it('are those of the documentation', () => {
    expect(settingsFrom({})).toMatchObject({
      apiKey: undefined,
      host: 'https://us.i.posthog.com',
      enabled: true,
      environment: 'development',
      source: 'chat_copilot',
      eventPrefix: 'copilot_',
      anonymousEvents: 'personless',
      posthogHeaders: false,
      exposeTraceId: false,
      interceptor: true,
      delivery: 'memory',
      maxPending: 100_000,
      maxPendingBytes: 67_108_864,
      flushIntervalMs: 1_000,
      shutdownTimeoutMs: 5_000,
      sampleRate: 1,
      captureNames: true,
      captureErrorMessages: false,
      captureContent: new Set(),
    });
  });

  it('stand in .env.example, where every variable is', () => {
    const lines = readFileSync('.env.example', 'utf8').match(/^[A-Z_]+=.*$/gm) ?? [];
    const example = Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string]));
    expect(settingsFrom(example)).toEqual(settingsFrom({}));
    expect(Object.keys(example)).toHaveLength(23);
  });
});

describe('precedence', () => {
  it('is options, then variables, then defaults', () => {
    const environment = { ANALYTICS_SOURCE: 'from_env', ANALYTICS_EVENT_PREFIX: 'chat_' };
    const settings = settingsFrom(environment, { source: 'from_code' });
    expect([settings.source, settings.eventPrefix, settings.host]).toEqual([
      'from_code',
      'chat_',
      'https://us.i.posthog.com',
    ]);
  });

  it('takes POSTHOG_API_KEY before POSTHOG_PROJECT_TOKEN, and an empty variable for none', () => {
    expect(settingsFrom({ POSTHOG_PROJECT_TOKEN: 'phc_b' }).apiKey).toBe('phc_b');
    expect(settingsFrom({ POSTHOG_API_KEY: ' phc_a\n', POSTHOG_PROJECT_TOKEN: 'phc_b' }).apiKey).toBe('phc_a');
    expect(settingsFrom({ POSTHOG_API_KEY: '', POSTHOG_HOST: ' ' }).apiKey).toBeUndefined();
  });

  it('takes the environment from ANALYTICS_ENVIRONMENT, then NODE_ENV', () => {
    expect(settingsFrom({ NODE_ENV: 'production' }).environment).toBe('production');
    expect(settingsFrom({ NODE_ENV: 'production', ANALYTICS_ENVIRONMENT: 'staging' }).environment).toBe('staging');
  });

  it('takes values that a custom loader has typed already', () => {
    expect(settingsFrom({ ANALYTICS_ENABLED: false, ANALYTICS_MAX_PENDING: 5 })).toMatchObject({
      enabled: false,
      maxPending: 5,
    });
  });
});

describe('a malformed setting', () => {
  it.each([
    ['POSTHOG_HOST', 'posthog.com'],
    ['POSTHOG_HOST', 'ftp://posthog.com'],
    ['ANALYTICS_ENABLED', 'maybe'],
    ['ANALYTICS_EVENT_PREFIX', 'my copilot '],
    ['ANALYTICS_ANONYMOUS_EVENTS', 'none'],
    ['ANALYTICS_DELIVERY', 'kafka'],
    ['ANALYTICS_DELIVERY', 'bullmq'],
    ['ANALYTICS_SPOOL_MAX_BYTES', '1GB'],
    ['ANALYTICS_SPOOL_MAX_AGE_DAYS', '0'],
    ['ANALYTICS_SPOOL_ON_FULL', 'drop'],
    ['ANALYTICS_SPOOL_FSYNC', 'maybe'],
    ['ANALYTICS_MAX_PENDING', '1.5'],
    ['ANALYTICS_MAX_PENDING', '0'],
    ['ANALYTICS_MAX_PENDING_BYTES', '64MB'],
    ['ANALYTICS_FLUSH_INTERVAL_MS', '-1'],
    ['ANALYTICS_SHUTDOWN_TIMEOUT_MS', 'soon'],
    ['ANALYTICS_SAMPLE_RATE', '50'],
    ['ANALYTICS_CAPTURE_NAMES', '2'],
    ['ANALYTICS_CAPTURE_ERROR_MESSAGES', 'x'],
    ['ANALYTICS_POSTHOG_HEADERS', 'x'],
    ['ANALYTICS_EXPOSE_TRACE_ID', 'x'],
    ['ANALYTICS_INTERCEPTOR', 'x'],
  ])('%s=%s stops the start, named with its value and what is expected', (variable, value) => {
    const { message } = errorFrom({ [variable]: value });
    expect(message).toContain('[AnalyticsModule] NAA001');
    expect(message).toContain(variable);
    expect(message).toContain(JSON.stringify(value));
    expect(message).toMatch(/expected .+\. Do this: /);
  });

  it('is named as an option where it stands in code', () => {
    expect(errorFrom({}, { sampleRate: 2 }).message).toContain(
      'the option sampleRate is 2; expected a number from 0 to 1',
    );
    expect(errorFrom({}, { captureContent: ['prompt'] }).message).toContain('the option captureContent is "prompt"');
  });

  it.each<[string, unknown, string]>([
    ['sinks', {}, 'is an object; expected a list of sinks'],
    ['sinks', [{}], 'is a list; expected a list of sinks, each with a method write(events)'],
    ['identity', 'user', 'is "user"; expected a function'],
    ['verifySession', true, 'is true; expected a function'],
    ['beforeSend', {}, 'is an object; expected a function'],
    ['onDrop', [], 'is a list; expected a function'],
    ['catalog', { events: {} }, 'is an object; expected what defineEvents() returns'],
    ['strict', 'yes', 'is "yes"; expected true or false'],
    ['spool', 5, 'is 5; expected an object with dir and other options'],
    ['posthog', 'phc_x', 'is "ph?_…"; expected an object of posthog-node\'s options'],
  ])('is named where it stands in code only: %s as %j', (option, value, text) => {
    expect(errorFrom({}, { [option]: value }).message).toContain(`NAA001 the option ${option} ${text}`);
  });

  it('is what is no object at all, and is not taken for none', () => {
    expect(errorFrom({}, null).message).toContain('NAA011 The options of AnalyticsModule are null');
    expect(errorFrom({}, [{ source: 'x' }]).message).toContain('are a list');
  });

  it('is refused where no such option exists, with the one that was meant', () => {
    expect(errorFrom({}, { apikey: 'phc_x' }).message).toContain('no option "apikey"; did you mean "apiKey"?');
  });

  it('is refused where it would take delivery out of our hands', () => {
    expect(errorFrom({}, { posthog: { flushAt: 1 } }).message).toContain('posthog.flushAt');
    expect(errorFrom({}, { posthog: { before_send: () => null } }).message).toContain('posthog.before_send');
  });
});

describe('a key', () => {
  it('that is personal is refused, and never shown', () => {
    const { message } = errorFrom({ POSTHOG_API_KEY: 'phx_very_secret' });
    expect(message).toContain('POSTHOG_API_KEY holds a personal API key (phx_…)');
    expect(message).not.toContain('very_secret');
  });

  it.each(['phc_se cret', 'phc_secret\u00e9', 'phc_secret\nphc_secret2'])('that is none is not shown: %j', (key) => {
    const { message } = errorFrom({ POSTHOG_API_KEY: key });
    expect(message).toContain('NAA003');
    expect(message).not.toContain('secret');
  });

  it('in the wrong variable is not shown either, nor is a password in a host', () => {
    expect(errorFrom({ POSTHOG_HOST: 'phc_secret' }).message).not.toContain('secret');
    expect(errorFrom({ POSTHOG_HOST: 'https://me:secret@posthog.com' }).message).not.toContain('secret');
  });
});

describe('delivery', () => {
  const dir = '/var/lib/app/analytics';
  const defaults = { dir, maxBytes: 536_870_912, maxAgeDays: 7, onFull: 'drop-oldest', fsync: false };

  it('is a spool where a folder is named, in a variable or in code', () => {
    expect(settingsFrom({ ANALYTICS_SPOOL_DIR: dir })).toMatchObject({ delivery: 'spool', spool: defaults });
    expect(settingsFrom({}, { spool: { dir } })).toMatchObject({ delivery: 'spool', spool: defaults });
    expect(settingsFrom({ ANALYTICS_SPOOL_DIR: '/elsewhere' }, { spool: { dir } }).spool?.dir).toBe(dir);
  });

  it('is the memory where that is said, and where no folder is named', () => {
    const settings = settingsFrom({ ANALYTICS_SPOOL_DIR: dir, ANALYTICS_DELIVERY: 'memory' });
    expect(settings).toMatchObject({ delivery: 'memory', spool: undefined });
    expect(settingsFrom({ ANALYTICS_SPOOL_FSYNC: 'true' })).toMatchObject({ delivery: 'memory', spool: undefined });
  });

  it('takes the bounds of the spool from variables and from code', () => {
    const environment = {
      ANALYTICS_SPOOL_DIR: dir,
      ANALYTICS_SPOOL_MAX_BYTES: '2000000',
      ANALYTICS_SPOOL_MAX_AGE_DAYS: '0.5',
      ANALYTICS_SPOOL_ON_FULL: 'drop-newest',
      ANALYTICS_SPOOL_FSYNC: 'yes',
    };
    const expected = { dir, maxBytes: 2_000_000, maxAgeDays: 0.5, onFull: 'drop-newest', fsync: true };
    expect(settingsFrom(environment).spool).toEqual(expected);
    expect(settingsFrom(environment, { spool: { maxAgeDays: 1 } }).spool).toEqual({ ...expected, maxAgeDays: 1 });
  });

  it('stops the start where a spool has no folder, an option is unknown, or Redis is asked for', () => {
    expect(errorFrom({ ANALYTICS_DELIVERY: 'spool' }).message).toContain('NAA010');
    expect(errorFrom({}, { spool: { dir, maxbytes: 1 } }).message).toContain('did you mean "spool.maxBytes"?');
    expect(errorFrom({ ANALYTICS_REDIS_URL: 'redis://h' }).message).toContain('NAA008 ANALYTICS_REDIS_URL');
    expect(errorFrom({}, { spool: { dir: 5 } }).message).toContain('the option spool.dir is 5; expected a text');
  });
});
