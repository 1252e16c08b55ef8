import { describe, expect, it } from 'vitest';
import {
  decodeSegmentHeader,
  encodeSegmentHeader,
  firstSeqOf,
  FORMAT_VERSION,
  segmentName,
  segmentSeed,
  type SegmentHeader,
} from '../../src/spool/segment-format.js';
import { crc32 } from 'node:zlib';

const header: SegmentHeader = {
  kind: 'pending',
  lane: 3,
  firstSeq: 281_474_976_710_655,
  createdAt: 1_790_000_000_000,
  destination: 'd'.repeat(64),
  instance: 'mwv-1-abc',
};

describe('segment format', () => {
  it('reads what it wrote', () => {
    expect(decodeSegmentHeader(encodeSegmentHeader(header))).toEqual({ status: 'ok', header });
  });

  it('calls every flipped byte damage, never another header or a newer version', () => {
    const whole = encodeSegmentHeader(header);
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 0x55;
      expect(decodeSegmentHeader(changed)).toEqual({ status: 'damaged' });
    }
  });

  it('calls every truncation damage', () => {
    const whole = encodeSegmentHeader(header);
    for (let length = 0; length < whole.length; length++) {
      expect(decodeSegmentHeader(whole.subarray(0, length)).status).toBe('damaged');
    }
  });

  it('tells a newer version from damage', () => {
    const newer = encodeSegmentHeader(header);
    newer.writeUInt16LE(FORMAT_VERSION + 1, 8);
    newer.writeUInt32LE(crc32(newer.subarray(0, 156)), 156);
    expect(decodeSegmentHeader(newer)).toEqual({ status: 'newer', version: FORMAT_VERSION + 1 });
  });

  it('refuses names that do not fit', () => {
    expect(() => encodeSegmentHeader({ ...header, destination: '' })).toThrow(RangeError);
    expect(() => encodeSegmentHeader({ ...header, instance: 'é'.repeat(33) })).toThrow(RangeError);
  });

  it('gives another seed for another destination, instance or segment', () => {
    const seeds = [
      header,
      { ...header, destination: 'other' },
      { ...header, instance: 'other' },
      { ...header, firstSeq: 1 },
    ].map(segmentSeed);
    expect(new Set(seeds).size).toBe(4);
  });

  it('names segments so that they sort by sequence', () => {
    const names = [segmentName(9, 0), segmentName(10, 0), segmentName(10, 1), segmentName(2_000_000_000_000, 0)];
    expect([...names].reverse().sort()).toEqual(names);
    expect(names.map(firstSeqOf)).toEqual([9, 10, 10, 2_000_000_000_000]);
    expect(firstSeqOf('cursor')).toBeNull();
  });
});
