import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { removeInstance } from './remove-instance.js';
import { ensureFolder } from './safe-files.js';
import { deadFolder, filesIn, laneFolder, lanesIn, replayFolder } from './spool-folders.js';
import { SpoolLane } from './spool-lane.js';
import type { SpoolLoss } from './spool-record.js';

interface AdoptedOptions {
  readonly dir: string;
  readonly destination: string;
  readonly onLoss: (loss: SpoolLoss) => void;
  /** Whether our own folder, in which this one stands, is still where it was. */
  readonly isInPlace: () => boolean;
}

/** The folder of a dead instance that was claimed: read from, never written to but for its cursors. */
export class AdoptedInstance {
  readonly id: string;
  readonly lanes: readonly SpoolLane[];
  readonly #folder: string;

  /** Throws where it cannot be read. */
  constructor(folder: string, id: string, options: AdoptedOptions) {
    const { dir, destination, onLoss, isInPlace } = options;
    this.id = id;
    this.#folder = folder;
    returnReplays(dir, folder);
    this.lanes = lanesIn(folder).map(
      (lane) => new SpoolLane({ folder: laneFolder(folder, lane), instance: id, lane, destination, isInPlace }, onLoss),
    );
  }

  get pending(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.pending, 0);
  }

  get bytes(): number {
    return this.lanes.reduce((sum, lane) => sum + lane.bytes, 0);
  }

  /** Removes the folder, once nothing in it is pending. */
  remove(): void {
    this.close();
    removeInstance(this.#folder);
  }

  close(): void {
    for (const lane of this.lanes) lane.close();
  }
}

/** Dead letters whose replay the instance did not finish are dead letters again. */
function returnReplays(dir: string, folder: string): void {
  const names = filesIn(replayFolder(folder));
  if (names.length > 0) ensureFolder(deadFolder(dir));
  for (const name of names) renameSync(join(replayFolder(folder), name), join(deadFolder(dir), name));
}
