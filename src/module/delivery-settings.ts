import { messages } from '../event/messages.js';
import type { AnalyticsOptions } from './analytics.options.js';
import { AnalyticsConfigurationError } from './configuration-error.js';
import {
  optionalSetting,
  present,
  readOption,
  readSetting,
  refuseUnknown,
  setting,
  type ReadVariable,
} from './read-setting.js';
import { flag, integer, number, objectWith, oneOf, text } from './setting-parsers.js';

interface SpoolSettings {
  readonly dir: string;
  readonly maxBytes: number;
  readonly maxAgeDays: number;
  readonly onFull: 'drop-oldest' | 'drop-newest';
  readonly fsync: boolean;
}

export interface DeliverySettings {
  readonly delivery: 'memory' | 'spool';
  /** Set where delivery is `spool`. */
  readonly spool: SpoolSettings | undefined;
}

const spoolOptions = objectWith<NonNullable<AnalyticsOptions['spool']>>('an object with dir and other options');
const dirSetting = optionalSetting('ANALYTICS_SPOOL_DIR', text);
const deliverySetting = optionalSetting('ANALYTICS_DELIVERY', oneOf('memory', 'spool'));
const spoolSettings = {
  maxBytes: setting('ANALYTICS_SPOOL_MAX_BYTES', integer(1_000_000, 2 ** 50, 'bytes'), 512 * 1024 * 1024),
  maxAgeDays: setting('ANALYTICS_SPOOL_MAX_AGE_DAYS', number(0.01, 3_650, 'days'), 7),
  onFull: setting('ANALYTICS_SPOOL_ON_FULL', oneOf('drop-oldest', 'drop-newest'), 'drop-oldest'),
  fsync: setting('ANALYTICS_SPOOL_FSYNC', flag, false),
};

/** Where events wait: in memory, unless a folder for a spool is named. Throws for what is malformed. */
export function readDelivery(options: AnalyticsOptions, variable: ReadVariable): DeliverySettings {
  if (present(variable('ANALYTICS_REDIS_URL')) !== undefined) {
    throw new AnalyticsConfigurationError(messages.notBuiltYet('ANALYTICS_REDIS_URL'));
  }
  const spool = readSpool(readOption('spool', options.spool, spoolOptions) ?? {}, variable);
  const chosen = readSetting('delivery', deliverySetting, options.delivery, variable);
  const delivery = chosen ?? (spool === undefined ? 'memory' : 'spool');
  if (delivery === 'memory') return { delivery, spool: undefined };
  if (spool === undefined) throw new AnalyticsConfigurationError(messages.spoolWithoutDir());
  return { delivery, spool };
}

/** Malformed settings are refused whether there is a folder or not. */
function readSpool(options: NonNullable<AnalyticsOptions['spool']>, variable: ReadVariable): SpoolSettings | undefined {
  refuseUnknown(options, ['dir', ...Object.keys(spoolSettings)], 'spool.');
  const { maxBytes, maxAgeDays, onFull, fsync } = spoolSettings;
  const rest = {
    maxBytes: readSetting('spool.maxBytes', maxBytes, options.maxBytes, variable),
    maxAgeDays: readSetting('spool.maxAgeDays', maxAgeDays, options.maxAgeDays, variable),
    onFull: readSetting('spool.onFull', onFull, options.onFull, variable),
    fsync: readSetting('spool.fsync', fsync, options.fsync, variable),
  };
  const dir = present(readSetting('spool.dir', dirSetting, options.dir, variable)) as string | undefined;
  return dir === undefined ? undefined : { dir, ...rest };
}
