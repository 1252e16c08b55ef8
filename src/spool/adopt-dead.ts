import { join } from 'node:path';
import { AdoptedInstance } from './adopted-instance.js';
import { claimInstances, liftAdopted, type LeftInstance } from './claim-instances.js';
import type { HeartbeatWatch } from './heartbeat-watch.js';
import { holdsReplayed, type OwnInstance } from './own-instance.js';
import type { ProcessIdentity } from './process-identity.js';
import { adoptedFolder, foldersIn } from './spool-folders.js';
import type { SpoolSettings } from './spool-options.js';
import type { SpoolLoss } from './spool-record.js';

interface AdoptedRecords {
  readonly instance: string;
  readonly records: number;
  readonly bytes: number;
  /** They were dead letters, and get another try. */
  readonly areReplayed: boolean;
}

export interface ClaimReport {
  /** Instances whose records are ours now. */
  readonly adopted: readonly AdoptedRecords[];
  /** Dead instances whose folders were left alone. */
  readonly left: readonly LeftInstance[];
}

/** Claims the folders of dead instances and adds what they hold to `adopted`. */
export function adoptDead(
  own: OwnInstance,
  adopted: AdoptedInstance[],
  settings: SpoolSettings,
  process: ProcessIdentity,
  heartbeats: HeartbeatWatch,
): ClaimReport {
  const { dir, destination, rules, now } = settings;
  const claimer = { dir, destination, rules, ownId: own.id, ownFolder: own.folder, process, heartbeats };
  const left = claimInstances(claimer, now());
  const onLoss = (loss: SpoolLoss): void => settings.notify({ kind: 'damaged', ...loss });
  const options = { dir, destination, onLoss, isInPlace: () => own.isInPlace() };
  const fresh: AdoptedInstance[] = [];
  const folder = adoptedFolder(own.folder);
  // A claim that was cut short has left them where nobody looks.
  for (const instance of foldersIn(folder)) liftAdopted(folder, instance);
  // By what stands there, not by what was claimed just now: one that could not be read last time is tried again.
  for (const instance of foldersIn(folder)) {
    if (adopted.some(({ id }) => id === instance)) continue;
    try {
      fresh.push(new AdoptedInstance(join(folder, instance), instance, options));
    } catch {
      left.push({ instance, reason: 'unreadable' });
    }
  }
  adopted.push(...fresh);
  const reported = fresh.map(({ id, pending, bytes }): AdoptedRecords => {
    return { instance: id, records: pending, bytes, areReplayed: holdsReplayed(id) };
  });
  return { adopted: reported, left };
}
