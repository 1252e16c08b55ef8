import { crc32 } from 'node:zlib';

/*
 * A segment: 160 bytes of header, then records. Little endian. The header's frame (magic, version, CRC in the last
 * four bytes) is the same in all format versions, so that a newer segment is told from a damaged one.
 *
 *   0  8  magic
 *   8  2  format version
 *  10  1  kind: 0 pending, 1 dead letters
 *  11  1  lane
 *  12  6  first sequence number
 *  18  6  time of creation, milliseconds since 1970
 *  24 65  destination: length, then up to 64 bytes
 *  89 65  instance id, likewise
 * 154  2  reserved, 0
 * 156  4  CRC-32 of all before
 */

export const SEGMENT_HEADER_BYTES = 160;
export const FORMAT_VERSION = 1;
const MAGIC = Buffer.from('NAASPOOL');

type SegmentKind = 'pending' | 'dead';

/** What a record's checksums are seeded with: a record is intact only for this destination, instance and segment. */
export interface SegmentIdentity {
  readonly destination: string;
  readonly instance: string;
  readonly firstSeq: number;
}

export interface SegmentHeader extends SegmentIdentity {
  readonly kind: SegmentKind;
  readonly lane: number;
  readonly createdAt: number;
}

export type DecodedSegmentHeader =
  | { readonly status: 'ok'; readonly header: SegmentHeader }
  | { readonly status: 'newer'; readonly version: number }
  | { readonly status: 'damaged' };

/**
 * The seed of a segment. It is made of what is known without the header, so that records behind a damaged header are
 * still read, and proven to belong to the destination.
 */
export function segmentSeed(identity: SegmentIdentity): number {
  return crc32(`${FORMAT_VERSION} ${identity.destination} ${identity.instance} ${identity.firstSeq}`);
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const buffer = Buffer.alloc(SEGMENT_HEADER_BYTES);
  MAGIC.copy(buffer, 0);
  buffer.writeUInt16LE(FORMAT_VERSION, 8);
  buffer.writeUInt8(header.kind === 'dead' ? 1 : 0, 10);
  buffer.writeUInt8(header.lane, 11);
  buffer.writeUIntLE(header.firstSeq, 12, 6);
  buffer.writeUIntLE(header.createdAt, 18, 6);
  writeShortText(buffer, 24, header.destination);
  writeShortText(buffer, 89, header.instance);
  buffer.writeUInt32LE(crc32(buffer.subarray(0, 156)), 156);
  return buffer;
}

/** What stands in the header; a short or changed one is `damaged`. */
export function decodeSegmentHeader(buffer: Buffer): DecodedSegmentHeader {
  if (buffer.length < SEGMENT_HEADER_BYTES || !buffer.subarray(0, 8).equals(MAGIC)) return { status: 'damaged' };
  if (crc32(buffer.subarray(0, 156)) !== buffer.readUInt32LE(156)) return { status: 'damaged' };
  const version = buffer.readUInt16LE(8);
  if (version > FORMAT_VERSION) return { status: 'newer', version };
  const header: SegmentHeader = {
    kind: buffer.readUInt8(10) === 1 ? 'dead' : 'pending',
    lane: buffer.readUInt8(11),
    firstSeq: buffer.readUIntLE(12, 6),
    createdAt: buffer.readUIntLE(18, 6),
    destination: readShortText(buffer, 24),
    instance: readShortText(buffer, 89),
  };
  return { status: 'ok', header };
}

/** File name of a pending segment: sorts by sequence. `attempt` tells two apart whose first write failed. */
export function segmentName(firstSeq: number, attempt: number): string {
  return `${String(firstSeq).padStart(16, '0')}.${String(attempt).padStart(4, '0')}.seg`;
}

/** The first sequence number in a segment's file name, or null where it is no segment. */
export function firstSeqOf(name: string): number | null {
  const match = /^(\d{16})\.\d{4}\.seg$/.exec(name);
  return match ? Number(match[1]) : null;
}

function writeShortText(buffer: Buffer, offset: number, text: string): void {
  const bytes = Buffer.from(text);
  if (bytes.length === 0 || bytes.length > 64) throw new RangeError(`1 to 64 bytes expected, got ${bytes.length}`);
  buffer.writeUInt8(bytes.length, offset);
  bytes.copy(buffer, offset + 1);
}

function readShortText(buffer: Buffer, offset: number): string {
  return buffer.toString('utf8', offset + 1, offset + 1 + Math.min(64, buffer.readUInt8(offset)));
}
