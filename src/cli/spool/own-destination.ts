import { spoolDestination } from '../../delivery/spool-destination.js';
import { resolveSettings } from '../../module/settings.js';

/** Where events would be sent by what the environment says. */
export interface OwnDestination {
  readonly apiKey: string;
  readonly host: string;
  /** As it stands in the spool's files. */
  readonly hash: string;
}

/** The destination of POSTHOG_API_KEY and POSTHOG_HOST; `undefined` without a key. Throws for malformed settings. */
export function ownDestination(): OwnDestination | undefined {
  // Read as the application reads them, and nothing else of its settings.
  const names = ['POSTHOG_API_KEY', 'POSTHOG_PROJECT_TOKEN', 'POSTHOG_HOST'];
  const { apiKey, host } = resolveSettings({}, (name) => (names.includes(name) ? process.env[name] : undefined));
  return apiKey === undefined ? undefined : { apiKey, host, hash: spoolDestination(apiKey, host) };
}
