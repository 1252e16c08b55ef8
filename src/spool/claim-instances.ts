import { lstatSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { forgetClaims, noteClaim } from './claim-notes.js';
import type { HeartbeatWatch } from './heartbeat-watch.js';
import { isAlive, readOwner, type FoundOwner, type LivenessRules } from './owner-file.js';
import { isSamePlace, type ProcessIdentity } from './process-identity.js';
import { removeInstance } from './remove-instance.js';
import { ensureFolder } from './safe-files.js';
import { FORMAT_VERSION } from './segment-format.js';
import { readSegmentHeader, segmentFiles } from './segment-list.js';
import { adoptedFolder, foldersIn, instancesFolder, laneFolder, lanesIn } from './spool-folders.js';
import { errorCode } from './spool-write-error.js';

/** Why the folder of a dead instance was left where it is. */
type LeftReason =
  /** Its events are for another key or host. */
  | 'foreign'
  /** A newer version of the library wrote it. */
  | 'newer'
  /** It cannot be read, or does not say whose it is. */
  | 'unreadable';

/** A dead instance whose folder was left where it is. */
export interface LeftInstance {
  readonly instance: string;
  readonly reason: LeftReason;
}

export interface Claimer {
  readonly dir: string;
  readonly destination: string;
  readonly ownId: string;
  readonly ownFolder: string;
  readonly process: ProcessIdentity;
  readonly rules: LivenessRules;
  readonly heartbeats: HeartbeatWatch;
}

/**
 * Takes the folders of dead instances by renaming them into our `adopted` folder: of several claimers exactly one
 * succeeds. Returns those that were left.
 */
export function claimInstances(claimer: Claimer, now: number): LeftInstance[] {
  const left: LeftInstance[] = [];
  forgetClaims(claimer.dir, now);
  const instances = instancesFolder(claimer.dir);
  const found = foldersIn(instances);
  claimer.heartbeats.keep(found);
  for (const instance of found) {
    if (instance === claimer.ownId) continue;
    const folder = join(instances, instance);
    const verdict = judge(folder, instance, claimer, now);
    if (verdict === 'alive') continue;
    if (verdict === 'unborn') removeQuietly(folder);
    else if (verdict !== 'claim') left.push({ instance, reason: verdict });
    else {
      try {
        claim(folder, instance, claimer, now);
      } catch {
        left.push({ instance, reason: 'unreadable' });
      }
    }
  }
  return left;
}

/** What an instance's folder is to somebody who sends to this destination. */
function destinationVerdict(
  folder: string,
  instance: string,
  found: FoundOwner,
  destination: string,
): 'claim' | LeftReason {
  const { owner } = found;
  if (owner && owner.version > FORMAT_VERSION) return 'newer';
  const headers = lanesIn(folder).flatMap((lane) =>
    segmentFiles(laneFolder(folder, lane)).map(({ path }) => readSegmentHeader(path)),
  );
  if (headers.some((decoded) => decoded.status === 'newer')) return 'newer';
  const whole = headers.flatMap((decoded) => (decoded.status === 'ok' ? [decoded.header] : []));
  // A folder that was renamed by hand: the checksums are made with the id.
  if (whole.some((header) => header.instance !== instance)) return 'unreadable';
  const destinations = new Set(whole.map((header) => header.destination));
  if (owner) destinations.add(owner.destination);
  if (destinations.size === 0) return headers.length === 0 ? 'claim' : 'unreadable';
  return destinations.size === 1 && destinations.has(destination) ? 'claim' : 'foreign';
}

function judge(
  folder: string,
  instance: string,
  claimer: Claimer,
  now: number,
): 'alive' | 'unborn' | 'claim' | LeftReason {
  try {
    const found = readOwner(folder);
    if (instance.startsWith('.new-')) return isUnborn(folder, now, claimer.rules) ? 'unborn' : 'alive';
    if (isAlive(found, claimer.process, now, claimer.rules) && !isSilent(found, instance, claimer, now)) return 'alive';
    return destinationVerdict(folder, instance, found, claimer.destination);
  } catch (error) {
    // Claimed by another while we looked.
    return errorCode(error) === 'ENOENT' ? 'alive' : 'unreadable';
  }
}

/** An owner elsewhere whose heartbeat lies far in the future, and does not change. */
function isSilent({ owner, heartbeat }: FoundOwner, instance: string, claimer: Claimer, now: number): boolean {
  const { staleMs } = claimer.rules;
  if (heartbeat - now < staleMs || (owner && isSamePlace(owner, claimer.process))) return false;
  return claimer.heartbeats.isSilentFor(staleMs, instance, heartbeat);
}

/** A folder that got no name in all that time: its maker died in between. */
function isUnborn(folder: string, now: number, rules: LivenessRules): boolean {
  return now - lstatSync(folder).mtimeMs > rules.hungMs;
}

/** Moves the instance to us, and beside it those that it had adopted itself. */
function claim(folder: string, instance: string, claimer: Claimer, now: number): void {
  const ours = adoptedFolder(claimer.ownFolder);
  ensureFolder(ours);
  try {
    renameSync(folder, join(ours, instance));
  } catch (error) {
    // Another was faster.
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  noteClaim(claimer.dir, instance, now);
  liftAdopted(ours, instance);
}

/** Moves what an adopted instance had adopted itself beside it, into `folder`. */
export function liftAdopted(folder: string, instance: string): void {
  const nested = adoptedFolder(join(folder, instance));
  for (const id of foldersIn(nested)) renameSync(join(nested, id), join(folder, id));
}

function removeQuietly(folder: string): void {
  try {
    removeInstance(folder);
  } catch {
    // Tried again with the next claim.
  }
}
