import type { InspectedSpool } from '../../spool/inspect-spool.js';
import { counted } from '../../event/counted.js';

/** What a person can do about what waits in a spool; `own` is the destination of the environment. */
export function whatToDo({ instances, dead }: InspectedSpool, own: string | undefined): string[] {
  const lines: string[] = [];
  const pendingOf = (isMeant: (instance: InspectedSpool['instances'][number]) => boolean): number =>
    instances.filter(isMeant).reduce((sum, { pending }) => sum + pending, 0);
  const left = pendingOf(({ isAlive, destinations }) => !isAlive && own !== undefined && destinations.includes(own));
  const foreign = pendingOf(({ isAlive, destinations }) => !isAlive && !destinations.includes(own ?? ''));
  if (left > 0)
    lines.push(
      `${left} left behind: an application on this folder takes them over within a minute; "spool drain" too.`,
    );
  if (own === undefined && foreign > 0)
    lines.push('Set POSTHOG_API_KEY and POSTHOG_HOST to see which are for them; "spool drain" sends those.');
  else if (foreign > 0)
    lines.push(`${foreign} for another key or host: only "spool drain" or an application with those sends them.`);
  if (instances.some(({ newerSegments }) => newerSegments > 0))
    lines.push('Files of a newer version are left to it: update the library here.');
  if (instances.some(({ unreadableSegments }) => unreadableSegments > 0))
    lines.push('Unreadable files are left alone: damaged where it is said whose they are, or moved here by hand.');
  if (dead.letters > 0)
    lines.push(
      `${counted(dead.letters, 'dead letter')}: "spool export --dead" shows what PostHog refused, "spool replay" has it sent again.`,
    );
  return lines;
}
