import { describe, expect, it } from 'vitest';
import {
  decodeHeader,
  encodeBatch,
  isIntact,
  recordBytes,
  RECORD_HEADER_BYTES,
  RECORD_MAGIC,
} from '../../src/spool/record-format.js';

const head = { firstSeq: 41, time: 1_790_000_000_000, lane: 2, seed: 12_345 };

describe('record format', () => {
  it('reads what it wrote, strings and bytes, the empty and the non-ASCII', () => {
    const payloads = ['', 'é😀\u0000', Buffer.from([0xff, 0, 0xfe]), 'x'.repeat(5000)];
    const sizes = payloads.map(recordBytes);
    const batch = encodeBatch(
      payloads,
      head,
      sizes.reduce((a, b) => a + b),
    );
    let offset = 0;
    payloads.forEach((payload, index) => {
      const found = decodeHeader(batch, offset, head.seed)!;
      const body = batch.subarray(offset + RECORD_HEADER_BYTES, offset + RECORD_HEADER_BYTES + found.length);
      expect(found).toMatchObject({ seq: 41 + index, time: head.time, lane: 2, remaining: 3 - index });
      expect(body.equals(Buffer.from(payload))).toBe(true);
      expect(isIntact(body, found, head.seed)).toBe(true);
      offset += sizes[index]!;
    });
    expect(offset).toBe(batch.length);
  });

  it('finds each flipped byte of a record', () => {
    const whole = encodeBatch(['{"n":1}'], head, recordBytes('{"n":1}'));
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at]! ^= 1;
      const found = decodeHeader(changed, 0, head.seed);
      expect(found !== null && isIntact(changed.subarray(RECORD_HEADER_BYTES), found, head.seed)).toBe(false);
    }
  });

  it('takes no record of another seed for its own', () => {
    const batch = encodeBatch(['a'], head, recordBytes('a'));
    expect(decodeHeader(batch, 0, head.seed + 1)).toBeNull();
  });

  it('has a magic that no UTF-8 text holds', () => {
    expect(Buffer.from(RECORD_MAGIC.toString('utf8')).equals(RECORD_MAGIC)).toBe(false);
  });
});
