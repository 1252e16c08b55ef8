import { createHash } from 'node:crypto';

/**
 * What stands in the spool's files for where their events go: events for one key and host are never sent elsewhere, and
 * the key is not on disk. `host` without a slash at its end, as the settings have it.
 */
export function spoolDestination(apiKey: string, host: string): string {
  return createHash('sha256').update(`${apiKey}\n${host}`).digest('hex');
}
