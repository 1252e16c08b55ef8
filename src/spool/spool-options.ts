import { resolve } from 'node:path';
import type { LivenessRules } from './owner-file.js';
import type { SpoolNotice } from './spool-record.js';

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface SpoolOptions {
  /** The folder of the spool; several processes may share it. Made where it is missing; not a symbolic link. */
  readonly dir: string;
  /** Names where the records go, such as a hash of key and host: 1 to 64 bytes. Records are never given to another. */
  readonly destination: string;
  /** Bytes of pending records that this instance keeps, adopted ones included. @default 512 MiB */
  readonly maxBytes?: number | undefined;
  /** Older records are dropped by `expire`. @default 7 days */
  readonly maxAgeMs?: number | undefined;
  /** What goes first when `maxBytes` is reached: the oldest segment, or what is being appended. @default 'drop-oldest' */
  readonly onFull?: 'drop-oldest' | 'drop-newest' | undefined;
  /** Whether each append waits for the disk: survives a power loss, not only a killed process. @default false */
  readonly fsync?: boolean | undefined;
  /** Size of a segment file, and the unit in which the oldest are dropped. @default 8 MiB, at most 1/8 of `maxBytes` */
  readonly segmentBytes?: number | undefined;
  /** Bytes of dead letters for this destination; the oldest are deleted first. @default 64 MiB */
  readonly maxDeadBytes?: number | undefined;
  /** Without a heartbeat for so long, an instance on another host or in another container is dead. @default 60 s */
  readonly staleMs?: number | undefined;
  /** Likewise one whose process runs here: a worker thread that ended, an app that was not closed. @default 10 min */
  readonly hungMs?: number | undefined;
  /** Whether 'dropped' notices hold the records, up to 8 MiB of a call. Reading them costs about 1 µs each. @default false */
  readonly keepDropped?: boolean | undefined;
  /** Whether what is appended are dead letters that get another try: whoever adopts them can tell. @default false */
  readonly replays?: boolean | undefined;
  /** Wall clock, milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
  /** Milliseconds that nobody sets. @default performance.now */
  readonly monotonic?: (() => number) | undefined;
  /** Hears of losses and of what became of the folder, within the call that found out. Must not throw. */
  readonly onNotice?: ((notice: SpoolNotice) => void) | undefined;
}

export interface SpoolSettings {
  readonly dir: string;
  readonly destination: string;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly dropsOldest: boolean;
  readonly fsync: boolean;
  readonly segmentBytes: number;
  readonly maxDeadBytes: number;
  readonly rules: LivenessRules;
  readonly keepDropped: boolean;
  readonly replays: boolean;
  readonly now: () => number;
  readonly monotonic: () => number;
  readonly notify: (notice: SpoolNotice) => void;
}

/** The options with their defaults. Throws RangeError for a destination that does not fit. */
export function spoolSettings(options: SpoolOptions): SpoolSettings {
  const destinationBytes = Buffer.byteLength(options.destination);
  if (destinationBytes < 1 || destinationBytes > 64) {
    throw new RangeError(`destination has ${destinationBytes} bytes, 1 to 64 are expected`);
  }
  const maxBytes = options.maxBytes ?? 512 * MIB;
  return {
    // Where it lies now: an application may change its folder of work.
    dir: resolve(options.dir),
    destination: options.destination,
    maxBytes,
    maxAgeMs: options.maxAgeMs ?? 7 * DAY_MS,
    dropsOldest: options.onFull !== 'drop-newest',
    fsync: options.fsync ?? false,
    segmentBytes: Math.min(options.segmentBytes ?? 8 * MIB, Math.floor(maxBytes / 8)),
    maxDeadBytes: options.maxDeadBytes ?? 64 * MIB,
    rules: { staleMs: options.staleMs ?? 60_000, hungMs: options.hungMs ?? 600_000 },
    keepDropped: options.keepDropped ?? false,
    replays: options.replays ?? false,
    now: options.now ?? Date.now,
    monotonic: options.monotonic ?? (() => performance.now()),
    notify: options.onNotice ?? (() => undefined),
  };
}
