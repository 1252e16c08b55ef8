import { crc32 } from 'node:zlib';

/*
 * A record: 32 bytes of header, then the payload. Little endian.
 *
 *  0  4  magic
 *  4  4  CRC-32 of the header from byte 8, seeded with the segment's seed
 *  8  4  CRC-32 of the payload, with the same seed
 * 12  4  length of the payload
 * 16  6  sequence number
 * 22  6  time, milliseconds since 1970
 * 28  2  how many records of the same write follow: tells the size of a torn tail
 * 30  1  lane
 * 31  1  reserved, 0
 */

export const RECORD_HEADER_BYTES = 32;

/** A larger payload is not written: a damaged length must not look plausible. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** The most records in one write: what the header's two bytes can count. */
export const MAX_BATCH_RECORDS = 65_536;

/** 0xff and 0xfe occur in no UTF-8 text, so no JSON payload holds the magic. */
export const RECORD_MAGIC = Buffer.from([0xff, 0x4e, 0x41, 0xfe]);
const MAGIC_NUMBER = RECORD_MAGIC.readUInt32LE(0);

export interface RecordHeader {
  readonly payloadCrc: number;
  readonly length: number;
  readonly seq: number;
  readonly time: number;
  readonly remaining: number;
  readonly lane: number;
}

export interface BatchHead {
  readonly firstSeq: number;
  readonly time: number;
  readonly lane: number;
  readonly seed: number;
}

/** Bytes that the payload takes on disk, header included. */
export function recordBytes(payload: string | Buffer): number {
  return RECORD_HEADER_BYTES + (typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length);
}

/** The records of one write in one buffer, numbered from `firstSeq`. `bytes` is the sum of their recordBytes. */
export function encodeBatch(payloads: readonly (string | Buffer)[], head: BatchHead, bytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(bytes);
  let offset = 0;
  payloads.forEach((payload, index) => {
    const start = offset + RECORD_HEADER_BYTES;
    const length = typeof payload === 'string' ? buffer.write(payload, start) : payload.copy(buffer, start);
    buffer.writeUInt32LE(MAGIC_NUMBER, offset);
    buffer.writeUInt32LE(crc32(buffer.subarray(start, start + length), head.seed), offset + 8);
    buffer.writeUInt32LE(length, offset + 12);
    buffer.writeUIntLE(head.firstSeq + index, offset + 16, 6);
    buffer.writeUIntLE(head.time, offset + 22, 6);
    buffer.writeUInt16LE(payloads.length - 1 - index, offset + 28);
    buffer.writeUInt8(head.lane, offset + 30);
    buffer.writeUInt8(0, offset + 31);
    buffer.writeUInt32LE(crc32(buffer.subarray(offset + 8, start), head.seed), offset + 4);
    offset = start + length;
  });
  return buffer;
}

/** The header at `offset`, or null where none stands that is whole. */
export function decodeHeader(buffer: Buffer, offset: number, seed: number): RecordHeader | null {
  if (buffer.readUInt32LE(offset) !== MAGIC_NUMBER) return null;
  const checked = buffer.subarray(offset + 8, offset + RECORD_HEADER_BYTES);
  if (crc32(checked, seed) !== buffer.readUInt32LE(offset + 4)) return null;
  const length = buffer.readUInt32LE(offset + 12);
  if (length > MAX_PAYLOAD_BYTES) return null;
  return {
    payloadCrc: buffer.readUInt32LE(offset + 8),
    length,
    seq: buffer.readUIntLE(offset + 16, 6),
    time: buffer.readUIntLE(offset + 22, 6),
    remaining: buffer.readUInt16LE(offset + 28),
    lane: buffer.readUInt8(offset + 30),
  };
}

/** Whether the payload is what its header says. */
export function isIntact(payload: Buffer, header: RecordHeader, seed: number): boolean {
  return crc32(payload, seed) === header.payloadCrc;
}
