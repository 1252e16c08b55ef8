import { lstatSync, mkdirSync, renameSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createCursorFile } from './cursor-file.js';
import { createReserve } from './disk-reserve.js';
import { LaneWriter } from './lane-writer.js';
import { beat, ownerOf, release, writeOwner } from './owner-file.js';
import type { ProcessIdentity } from './process-identity.js';
import { removeInstance } from './remove-instance.js';
import { ensureFolder, ensureRootFolder, removeFile } from './safe-files.js';
import { adoptedFolder, foldersIn, instancesFolder, laneFolder } from './spool-folders.js';
import { CURSOR_FILE } from './lane-cursor.js';
import { SpoolLane } from './spool-lane.js';
import type { SpoolLoss } from './spool-record.js';
import { asWriteError, isPlaceLost } from './spool-write-error.js';

export interface OwnInstanceOptions {
  readonly dir: string;
  readonly destination: string;
  readonly segmentBytes: number;
  readonly fsync: boolean;
  readonly replays: boolean;
  readonly process: ProcessIdentity;
  readonly onLoss: (loss: SpoolLoss) => void;
}

/** How the id of an instance ends that holds dead letters which get another try. */
const replayedEnd = '-replayed';

/** Whether the records of this instance were dead letters before. */
export function holdsReplayed(instance: string): boolean {
  return instance.endsWith(replayedEnd);
}

/** The folder that this application instance writes to. */
export class OwnInstance {
  readonly id: string;
  readonly folder: string;
  readonly #options: OwnInstanceOptions;
  readonly #lanes = new Map<number, { reader: SpoolLane; writer: LaneWriter }>();

  /** Makes the folder. Throws SpoolWriteError. */
  constructor(options: OwnInstanceOptions, now: number) {
    this.#options = options;
    const end = options.replays ? replayedEnd : '';
    this.id = `${now.toString(36)}-${options.process.pid}-${randomBytes(6).toString('hex')}${end}`;
    const instances = instancesFolder(options.dir);
    this.folder = join(instances, this.id);
    const unnamed = join(instances, `.new-${this.id}`);
    try {
      ensureRootFolder(options.dir);
      ensureFolder(instances);
      // Whoever sees the folder sees its owner: it is filled before it gets its name.
      mkdirSync(unnamed, { mode: 0o700 });
      writeOwner(unnamed, ownerOf(this.id, options.destination, options.process, now));
      beat(unnamed, now);
      createReserve(unnamed);
      renameSync(unnamed, this.folder);
    } catch (error) {
      removeQuietly(unnamed);
      throw asWriteError(error);
    }
  }

  get lanes(): SpoolLane[] {
    return [...this.#lanes.values()].map(({ reader }) => reader);
  }

  /** Throws SpoolWriteError, which says how many are stored. */
  append(lane: number, payloads: readonly (string | Buffer)[], time: number): { firstSeq: number; lastSeq: number } {
    const { reader, writer } = this.#lane(lane);
    const firstSeq = reader.lastSeq + 1;
    writer.append(payloads, time);
    return { firstSeq, lastSeq: reader.lastSeq };
  }

  /** Whether the folder and those of its lanes still stand where they were made. Throws where that cannot be seen. */
  isInPlace(): boolean {
    const folders = [this.folder, ...[...this.#lanes.keys()].map((lane) => laneFolder(this.folder, lane))];
    try {
      // By name: an id is given once only.
      for (const folder of folders) lstatSync(folder);
      return true;
    } catch (error) {
      if (isPlaceLost(asWriteError(error))) return false;
      throw error;
    }
  }

  /** Renews the heartbeat; false where the folder is gone. */
  beat(now: number): boolean {
    try {
      beat(this.folder, now);
      return true;
    } catch {
      // A read-only disk is no sign of a lost folder, and nobody can claim it there.
      return this.#mayBeInPlace();
    }
  }

  /** Ends the segment that is written to, so that it can be deleted. */
  seal(lane: number): void {
    this.#lanes.get(lane)?.writer.seal();
  }

  /** Lets go of a folder that is ours no more. */
  abandon(): void {
    for (const { reader, writer } of this.#lanes.values()) {
      writer.seal();
      reader.close();
    }
  }

  /** Leaves the folder to whoever comes next, or removes it where nothing is in it. */
  close(isEmpty: boolean): void {
    this.abandon();
    try {
      // One that could not be read keeps its place, and the owner's file that says for whom it is.
      if (isEmpty && foldersIn(adoptedFolder(this.folder)).length === 0) removeInstance(this.folder);
      else release(this.folder);
    } catch {
      // The disk is gone or read-only: the end of the process tells the same.
    }
  }

  #mayBeInPlace(): boolean {
    try {
      return this.isInPlace();
    } catch {
      return true;
    }
  }

  #lane(lane: number): { reader: SpoolLane; writer: LaneWriter } {
    const known = this.#lanes.get(lane);
    if (known) return known;
    const { destination, segmentBytes, fsync, onLoss } = this.#options;
    const folder = laneFolder(this.folder, lane);
    const cursor = join(folder, CURSOR_FILE);
    const isInPlace = (): boolean => this.isInPlace();
    try {
      ensureFolder(folder);
      createCursorFile(cursor);
      const reader = new SpoolLane({ folder, instance: this.id, lane, destination, isInPlace }, onLoss);
      const made = { reader, writer: new LaneWriter(reader, { folder, segmentBytes, fsync }) };
      this.#lanes.set(lane, made);
      return made;
    } catch (error) {
      // A lane that was half made would be in the way of the next attempt.
      removeFile(cursor);
      throw asWriteError(error);
    }
  }
}

function removeQuietly(folder: string): void {
  try {
    removeInstance(folder);
  } catch {
    // It has no name, and is swept by a later claim.
  }
}
