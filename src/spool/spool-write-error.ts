/** The disk did not take it. `code` is the system's (`ENOSPC`, `EROFS`, `EIO`, `ENOENT`, …). */
export class SpoolWriteError extends Error {
  override readonly name = 'SpoolWriteError';

  constructor(
    readonly code: string,
    message: string,
    /** How many payloads of the failed call are stored all the same: its first ones. */
    readonly stored = 0,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Any failure as a SpoolWriteError. One that is one already keeps its code, and its count where none is given. */
export function asWriteError(error: unknown, stored?: number): SpoolWriteError {
  if (error instanceof SpoolWriteError) {
    const isSame = stored === undefined || error.stored === stored;
    return isSame ? error : new SpoolWriteError(error.code, error.message, stored, error.cause);
  }
  return new SpoolWriteError(errorCode(error), error instanceof Error ? error.message : String(error), stored, error);
}

/** Whether the failure means that the folder is not where it was. */
export function isPlaceLost(failure: SpoolWriteError): boolean {
  return failure.code === 'ENOENT' || failure.code === 'ENOTDIR';
}

/** The system's code of an error, `UNKNOWN` where it has none. */
export function errorCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
