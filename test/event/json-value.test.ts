import { describe, expect, it } from 'vitest';
import { putProperty } from '../../src/event/json-copy.js';
import { copyNewest, copyProperties, copyToJson } from '../../src/event/json-value.js';

describe('copyToJson', () => {
  it.each([
    ['text', 'text'],
    ['', ''],
    [1.5, 1.5],
    [-0, 0],
    [true, true],
    [null, null],
    [undefined, undefined],
    [Symbol('s'), undefined],
    [() => 1, undefined],
    [12n, '12'],
    [NaN, null],
    [Infinity, null],
    [-Infinity, null],
    [new Date('2026-01-02T03:04:05.678Z'), '2026-01-02T03:04:05.678Z'],
    [new Date(NaN), null],
    ['a\ud800b', 'a\ufffdb'],
    ['\udc00', '\ufffd'],
    ['👍', '👍'],
    [Object('boxed'), 'boxed'],
    [Object(7), 7],
  ])('copies %o as %o', (value, copy) => {
    expect(copyToJson(value)).toStrictEqual(copy);
  });

  it('drops what JSON has no value for from objects, and makes it null in arrays', () => {
    expect(copyToJson({ a: undefined, b: () => 1, c: Symbol('s'), d: null })).toStrictEqual({ d: null });
    // eslint-disable-next-line no-sparse-arrays -- a hole is one of the cases
    expect(copyToJson([undefined, () => 1, , Symbol('s'), 1])).toStrictEqual([null, null, null, null, 1]);
  });

  it('marks a circle, and copies what is merely used twice both times', () => {
    const shared = { x: 1 };
    const circle: Record<string, unknown> = { shared, again: shared };
    circle.self = circle;
    circle.list = [circle];
    expect(copyToJson(circle)).toStrictEqual({
      shared: { x: 1 },
      again: { x: 1 },
      self: '[Circular]',
      list: ['[Circular]'],
    });
  });

  it('marks what throws and keeps the rest', () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const value = {
      before: 1,
      get getter(): never {
        throw new Error('no');
      },
      json: {
        toJSON() {
          throw new Error('no');
        },
      },
      proxy: revoked.proxy,
      keys: new Proxy({}, { ownKeys: () => { throw new Error('no'); } }), // prettier-ignore
      after: 2,
    };
    expect(copyToJson(value)).toStrictEqual({
      before: 1,
      getter: '[Threw]',
      json: '[Threw]',
      proxy: '[Threw]',
      keys: '[Threw]',
      after: 2,
    });
    expect(copyToJson(revoked.proxy)).toBe('[Threw]');
  });

  it('knows an ancestor still after something beneath it threw', () => {
    const value: Record<string, unknown> = {};
    value.deep = { deeper: { toJSON: () => { throw new Error('no'); } } }; // prettier-ignore
    value.list = [value.deep, value];
    expect(copyToJson(value)).toStrictEqual({
      deep: { deeper: '[Threw]' },
      list: [{ deeper: '[Threw]' }, '[Circular]'],
    });
  });

  it('honours toJSON once, with the key, as JSON.stringify does', () => {
    class Money {
      constructor(readonly cents: number) {}
      toJSON(key: string) {
        return `${key}:${this.cents}`;
      }
    }
    const self = { x: 1, toJSON: () => self };
    expect(copyToJson({ price: new Money(5), gone: { toJSON: () => undefined }, self })).toStrictEqual({
      price: 'price:5',
      self: { x: 1 },
    });
  });

  it('keeps __proto__ and constructor as plain data', () => {
    const value = JSON.parse('{"__proto__":{"polluted":true},"constructor":1}') as object;
    const copy = copyToJson(value) as object;
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Object.keys(copy)).toStrictEqual(['__proto__', 'constructor']);
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":true},"constructor":1}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('copies maps, sets and class instances as data', () => {
    class Point {
      constructor(
        readonly x: number,
        readonly y: number,
      ) {}
    }
    expect(copyToJson(new Map<unknown, unknown>([['a', 1], [2, new Set([3])], [{}, 4]]))).toStrictEqual({ a: 1, 2: [3], '[Object]': 4 }); // prettier-ignore
    expect(copyToJson(new Point(1, 2))).toStrictEqual({ x: 1, y: 2 });
  });

  it('names binary data by its size, never its bytes', () => {
    expect(copyToJson(Buffer.from('secret'))).toBe('[Buffer: 6 bytes]');
    expect(copyToJson(new Float64Array(3))).toBe('[Float64Array: 24 bytes]');
    expect(copyToJson(new ArrayBuffer(5))).toBe('[ArrayBuffer: 5 bytes]');
  });

  it('tells of an error its class and code, not its message or what hangs on it', () => {
    const error = Object.assign(new TypeError('user@example.com'), { code: 'E1', config: { headers: 'secret' } });
    expect(copyToJson({ error })).toStrictEqual({ error: { name: 'TypeError', code: 'E1' } });
  });

  it('mends lone surrogates in keys too', () => {
    expect(copyToJson({ 'a\ud800': 1 })).toStrictEqual({ 'a\ufffd': 1 });
  });

  it('does not follow later changes of the value', () => {
    const value = { list: [1] };
    const copy = copyToJson(value);
    value.list.push(2);
    expect(copy).toStrictEqual({ list: [1] });
  });

  it('cuts nesting well before the 128 levels that PostHog refuses', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 5_000; level++) deep = level % 2 ? { deep } : [deep];
    const copy = copyToJson(deep);
    expect(depthOf(copy)).toBe(100);
    expect(JSON.stringify(copy)).toContain('[Truncated]');
  });

  it('bounds its work, however much shared references or lengths multiply', () => {
    let doubled: unknown = 'x';
    for (let level = 0; level < 60; level++) doubled = [doubled, doubled];
    const long = '→'.repeat(1_000_000);
    const started = performance.now();
    expect(JSON.stringify(copyToJson(doubled)).length).toBeLessThan(1_000_000);
    expect((copyToJson(new Array(2 ** 31)) as unknown[]).length).toBeLessThan(20_000);
    expect(JSON.stringify(copyToJson(new Array(5_000).fill(long))).length).toBeLessThan(11_000_000);
    // Generous: without bounds each of these takes minutes or all memory.
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('ends with a marker where it was cut', () => {
    expect((copyToJson(new Array(20_000).fill(1)) as unknown[]).at(-1)).toBe('[Truncated]');
  });

  it('survives a call at the end of the stack', () => {
    const descend = (): unknown => {
      try {
        return descend();
      } catch {
        return copyToJson({ a: { b: { c: [1, 2, 3] } } });
      }
    };
    expect(() => descend()).not.toThrow();
  });
});

describe('copyToJson with a view', () => {
  it('copies what stands in the place of each plain object, at any depth', () => {
    const view = (fields: Readonly<Record<string, unknown>>) => ('secret' in fields ? { hidden: true } : fields);
    expect(copyToJson({ a: [{ secret: 1 }], b: { toJSON: () => ({ secret: 2 }) } }, view)).toStrictEqual({
      a: [{ hidden: true }],
      b: { hidden: true },
    });
  });
});

describe('copyNewest', () => {
  it('copies a list as copyToJson does', () => {
    const list: unknown[] = [1n, undefined, { a: NaN }];
    list.push(list);
    expect(copyNewest(list)).toStrictEqual(copyToJson(list));
  });

  it('leaves out the first items where not all have room', () => {
    const list = Array.from({ length: 12_000 }, (_, i) => i);
    expect(copyNewest(list)).toStrictEqual(list.slice(-10_000));
    expect(copyNewest([0, list.slice(0, 9_998), 'last'])).toStrictEqual([list.slice(0, 9_998), 'last']);
    expect(copyNewest([0, list.slice(0, 9_999), 'last'])).toStrictEqual(['last']);
    expect(copyNewest(new Array(2 ** 31)).length).toBe(10_000);
  });

  it('does not let one text without room take that of the others', () => {
    expect(copyNewest(['a', 'x'.repeat(10_000_001), 'b'])).toStrictEqual(['a', '[Truncated]', 'b']);
  });
});

describe('copyProperties', () => {
  it.each([[undefined], [null], ['text'], [5], [[1, 2]], [() => 1], [new Date(0)]])('makes nothing of %o', (value) => {
    expect(copyProperties(value)).toStrictEqual({});
  });

  it('copies an object with all its kinds of values', () => {
    expect(copyProperties({ a: 1, b: undefined, c: 2n, d: { e: [NaN] } })).toStrictEqual({ a: 1, c: '2', d: { e: [null] } }); // prettier-ignore
  });
});

describe('putProperty', () => {
  it('sets __proto__ as data', () => {
    const target = {};
    putProperty(target, '__proto__', { x: 1 });
    expect(JSON.stringify(target)).toBe('{"__proto__":{"x":1}}');
  });
});

describe('copyToJson, whatever it is given', () => {
  for (let seed = 1; seed <= 400; seed++) {
    it(`is plain, shallow enough, well-formed JSON that a parse gives back (seed ${seed})`, () => {
      const value = nasty(randomOf(seed));
      const copy = copyToJson(value);
      if (copy === undefined) return;
      const json = JSON.stringify(copy);
      expect(JSON.stringify(JSON.parse(json))).toBe(json);
      expect(json.isWellFormed()).toBe(true);
      expect(json).not.toMatch(/(?<!\\)(?:\\\\)*\\ud[89a-f]/);
      expect(depthOf(copy)).toBeLessThanOrEqual(100);
      expect(JSON.stringify(copyToJson(copy))).toBe(json);
    });
  }
});

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Object.values(value).reduce<number>((deepest, member) => Math.max(deepest, depthOf(member)), 0);
}

/** mulberry32 */
function randomOf(seed: number): (below: number) => number {
  let state = seed * 0x9e3779b9;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** A structure of everything that JSON can't carry, mixed at random. */
function nasty(random: (below: number) => number): unknown {
  const made: unknown[] = [];
  const throwing = () => {
    throw new Error('no');
  };
  const text = () =>
    Array.from({ length: random(6) }, () => String.fromCharCode([0, 0x22, 0x5c, 0x61, 0xd800, 0xdc00, 0xfffe][random(7)] ?? 0)).join(''); // prettier-ignore
  const key = () =>
    random(8) === 0 ? (['__proto__', 'constructor', 'toJSON', 'length', ''][random(5)] ?? '') : text();
  const make = (room: number): unknown => {
    const kind = random(room > 0 ? 26 : 13);
    if (kind >= 13) {
      const container = makeContainer(kind, room);
      made.push(container);
      return container;
    }
    return [1, -0, NaN, text(), null, undefined, 5n, Symbol('s'), throwing, true, new Date(NaN), made[random(made.length + 1)], Infinity][kind]; // prettier-ignore
  };
  const makeContainer = (kind: number, room: number): unknown => {
    const size = random(5);
    const fill = () => Array.from({ length: size }, () => make(room - 1));
    if (kind === 13) return new Map(fill().map((value) => [random(3) ? text() : {}, value]));
    if (kind === 14) return new Set(fill());
    if (kind === 15) return new Proxy({}, { [['get', 'ownKeys', 'getPrototypeOf'][random(3)] ?? 'get']: throwing });
    if (kind === 16) return Object.defineProperty({}, key(), { get: throwing, enumerable: true });
    if (kind === 17) return { toJSON: random(2) ? throwing : () => make(room - 1) };
    if (kind === 18) return Object.assign(new Error(text()), { code: make(0), cause: make(room - 1) });
    if (kind === 19) return new Uint8Array(size);
    if (kind < 22) {
      const list = fill();
      if (random(2)) list.push(list);
      return list;
    }
    const object: Record<string, unknown> = random(4) ? {} : (Object.create(null) as Record<string, unknown>);
    for (const value of fill()) Object.defineProperty(object, key(), { value, enumerable: true, configurable: true });
    if (random(2)) Object.defineProperty(object, key(), { value: object, enumerable: true, configurable: true });
    return random(40) ? object : Array.from({ length: 300 }).reduce((inner) => ({ inner }), object);
  };
  return make(6);
}
