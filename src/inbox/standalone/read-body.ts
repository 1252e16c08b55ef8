import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip } from 'node:zlib';

/** What PostHog takes of one request. */
const MOST_WIRE_BYTES = 20 * 1024 * 1024;
/** Of all requests that are being read. */
const MOST_BYTES_AT_ONCE = 128 * 1024 * 1024;
/** What a request may unpack to. PostHog takes 100 MiB, of which no SDK comes near. */
const MOST_UNPACKED_BYTES = 64 * 1024 * 1024;

/** A request that gets an answer as PostHog would give it. */
export class IngestionRefusal extends Error {
  constructor(
    readonly status: 400 | 401 | 413 | 503,
    message: string,
  ) {
    super(message);
  }
}

/** Reads bodies, a bounded number of bytes at once. */
export class BodyReader {
  private bytes = 0;

  /** Throws an `IngestionRefusal` for one that is too large, or comes while too many others do. */
  async read(request: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let own = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        own += chunk.length;
        this.bytes += chunk.length;
        if (own > MOST_WIRE_BYTES) throw new IngestionRefusal(413, 'payload too large');
        if (this.bytes > MOST_BYTES_AT_ONCE) throw new IngestionRefusal(503, 'too many requests at once');
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } finally {
      this.bytes -= own;
    }
  }
}

const unzip = promisify(gunzip);
const unbrotli = promisify(brotliDecompress);

/**
 * The bytes behind gzip, known by how they begin, as PostHog knows them: neither the header nor the query is reliable.
 * Brotli, which only the newest of PostHog's endpoints takes, says nothing by itself.
 */
export async function unpack(body: Buffer, isBrotli = false): Promise<Buffer> {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  if (!isGzip && !isBrotli) {
    if (body.length > MOST_UNPACKED_BYTES) throw new IngestionRefusal(413, 'payload too large');
    return body;
  }
  try {
    return await (isGzip ? unzip : unbrotli)(body, { maxOutputLength: MOST_UNPACKED_BYTES });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new IngestionRefusal(413, 'payload too large');
    }
    throw new IngestionRefusal(400, `failed to decode request: invalid ${isGzip ? 'GZIP' : 'brotli'} data`);
  }
}
