import { describe, expect, it } from 'vitest';
import { isUuid, uuidV5, uuidV7 } from '../../src/event/uuid.js';

const v7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('uuidV7', () => {
  it('carries its moment in the first 48 bits', () => {
    // The example of RFC 9562, appendix A.6.
    expect(uuidV7(0x017f22e279b0)).toMatch(/^017f22e2-79b0-7/);
    expect(uuidV7(1)).toMatch(/^00000000-0001-7/);
  });

  it('has version and variant, and never the same rest', () => {
    const uuids = Array.from({ length: 1_000 }, () => uuidV7(1_700_000_000_000));
    for (const uuid of uuids) expect(uuid).toMatch(v7);
    expect(new Set(uuids).size).toBe(1_000);
  });

  it.each([NaN, -1, Infinity, -Infinity, 1.7, 2 ** 60])('is well-formed at the moment %d', (time) => {
    expect(uuidV7(time)).toMatch(v7);
  });
});

describe('uuidV5', () => {
  it('agrees with the known value of another implementation', () => {
    // python -c "import uuid; print(uuid.uuid5(uuid.NAMESPACE_DNS, 'python.org'))"
    expect(uuidV5('python.org', '6ba7b810-9dad-11d1-80b4-00c04fd430c8')).toBe('886313e1-3b8a-5372-9b90-0c9aee199e5d');
  });

  it('is the same for the same name, another for another', () => {
    expect(uuidV5('a')).toBe(uuidV5('a'));
    expect(uuidV5('a')).not.toBe(uuidV5('b'));
    expect(isUuid(uuidV5('\ud800'))).toBe(true);
  });
});

describe('isUuid', () => {
  it('takes every version in either case, and nothing else', () => {
    expect(isUuid('886313E1-3b8a-5372-9b90-0c9aee199e5d')).toBe(true);
    for (const other of ['', 'x', '886313e13b8a53729b900c9aee199e5d', ' 886313e1-3b8a-5372-9b90-0c9aee199e5d', 5, null])
      expect(isUuid(other)).toBe(false);
  });
});
