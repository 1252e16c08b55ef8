import { join } from 'node:path';
import { deadLetterFiles, readDeadLetters } from './dead-letter-files.js';
import { lookAtLane, type LaneLook } from './look-at-lane.js';
import { isAlive, readOwner, type FoundOwner, type LivenessRules, type Owner } from './owner-file.js';
import { currentProcess, type ProcessIdentity } from './process-identity.js';
import { assertFolder } from './safe-files.js';
import { adoptedFolder, foldersIn, instancesFolder, laneFolder, lanesIn } from './spool-folders.js';
import type { SpoolRecord } from './spool-record.js';

/** What one instance's folder holds, as it was for a moment. */
interface InspectedInstance {
  readonly id: string;
  /** The instance that adopted it, or null. */
  readonly adoptedBy: string | null;
  readonly owner: Owner | null;
  /** Whether somebody still writes to it, or, where it is adopted, sends from it. */
  readonly isAlive: boolean;
  /** Last heartbeat, milliseconds since 1970; 0 where it was released. */
  readonly heartbeat: number;
  /** Where its records go; several only where somebody mixed files by hand, none where it is not readable. */
  readonly destinations: readonly string[];
  readonly segments: number;
  readonly bytes: number;
  readonly pending: number;
  /** Records that damage took and nobody has told yet. */
  readonly damaged: number;
  readonly newerSegments: number;
  readonly unreadableSegments: number;
  /** When the oldest pending record was stored, milliseconds since 1970. */
  readonly oldestTime: number | null;
}

interface InspectedDeadLetters {
  readonly files: number;
  readonly bytes: number;
  readonly letters: number;
  readonly unreadableFiles: number;
  readonly byDestination: Readonly<Record<string, number>>;
  readonly byReason: Readonly<Record<string, number>>;
}

export interface InspectedSpool {
  readonly instances: readonly InspectedInstance[];
  readonly dead: InspectedDeadLetters;
}

export interface InspectOptions extends Partial<LivenessRules> {
  /** @default Date.now() */
  readonly now?: number;
  /** Called with the instances done and in all, for a progress bar. */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * What the spool in a folder holds. Reads everything once and writes nothing: a live spool is not disturbed, and may
 * change meanwhile. Throws where the folder is missing, a symbolic link or not readable.
 */
export function inspectSpool(dir: string, options: InspectOptions = {}): InspectedSpool {
  assertFolder(dir);
  const found = instanceFolders(dir);
  const me = currentProcess();
  const now = options.now ?? Date.now();
  const rules = { staleMs: options.staleMs ?? 60_000, hungMs: options.hungMs ?? 600_000 };
  const instances = found.map((place, index) => {
    const inspected = inspectInstance(place, me, now, rules);
    options.onProgress?.(index + 1, found.length);
    return inspected;
  });
  return { instances, dead: inspectDeadLetters(dir) };
}

/** Gives every pending record of all instances to `visit`, lane by lane, each in order; for export. Writes nothing. */
export function visitPending(
  dir: string,
  visit: (record: SpoolRecord, destination: string) => void,
  onProgress?: InspectOptions['onProgress'],
): void {
  assertFolder(dir);
  const found = instanceFolders(dir);
  found.forEach((place, index) => {
    lookAt(place, readOwner(place.folder), true, visit);
    onProgress?.(index + 1, found.length);
  });
}

interface InstancePlace {
  readonly id: string;
  readonly folder: string;
  readonly adopter: { readonly id: string; readonly folder: string } | null;
}

function instanceFolders(dir: string): InstancePlace[] {
  const top = foldersIn(instancesFolder(dir)).filter((id) => !id.startsWith('.new-'));
  return top.flatMap((id) => {
    const folder = join(instancesFolder(dir), id);
    const adopted = foldersIn(adoptedFolder(folder)).map((child) => ({
      id: child,
      folder: join(adoptedFolder(folder), child),
      adopter: { id, folder },
    }));
    return [{ id, folder, adopter: null }, ...adopted];
  });
}

function inspectInstance(
  place: InstancePlace,
  me: ProcessIdentity,
  now: number,
  rules: LivenessRules,
): InspectedInstance {
  const found = readOwner(place.folder);
  const sender: FoundOwner = place.adopter ? readOwner(place.adopter.folder) : found;
  const isLive = isAlive(sender, me, now, rules);
  const lanes = lookAt(place, found, isLive, () => undefined);
  const sum = (of: (lane: LaneLook) => number): number => lanes.reduce((total, lane) => total + of(lane), 0);
  const times = lanes.map(({ oldestTime }) => oldestTime).filter((time) => time !== null);
  return {
    id: place.id,
    adoptedBy: place.adopter?.id ?? null,
    owner: found.owner,
    isAlive: isLive,
    heartbeat: found.heartbeat,
    destinations: [
      ...new Set([...(found.owner ? [found.owner.destination] : []), ...lanes.flatMap((lane) => lane.destinations)]),
    ],
    segments: sum((lane) => lane.segments),
    bytes: sum((lane) => lane.bytes),
    pending: sum((lane) => lane.pending),
    damaged: sum((lane) => lane.damaged),
    newerSegments: sum((lane) => lane.newerSegments),
    unreadableSegments: sum((lane) => lane.unreadableSegments),
    oldestTime: times.length > 0 ? Math.min(...times) : null,
  };
}

function lookAt(
  { id, folder }: InstancePlace,
  { owner }: FoundOwner,
  isLive: boolean,
  visit: (record: SpoolRecord, destination: string) => void,
): LaneLook[] {
  const destination = owner?.destination ?? null;
  return lanesIn(folder).map((lane) =>
    lookAtLane({ folder: laneFolder(folder, lane), instance: id, destination, isLive }, visit),
  );
}

function inspectDeadLetters(dir: string): InspectedDeadLetters {
  const files = deadLetterFiles(dir);
  const byDestination: Record<string, number> = {};
  const byReason: Record<string, number> = {};
  let letters = 0;
  for (const file of files) {
    for (const { reason } of readDeadLetters(file)) {
      const destination = file.header!.destination;
      byDestination[destination] = (byDestination[destination] ?? 0) + 1;
      byReason[reason] = (byReason[reason] ?? 0) + 1;
      letters++;
    }
  }
  const unreadableFiles = files.filter(({ header }) => header === null).length;
  return {
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
    letters,
    unreadableFiles,
    byDestination,
    byReason,
  };
}
