interface Tag {
  readonly $value: string;
  readonly of?: unknown;
  readonly times?: number;
  readonly after?: string;
  readonly then?: string;
}

/** Makes of what a golden file names by a tag (`{ "$value": "NaN" }`) the value that JSON can't express. */
export function untagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untagged);
  if (typeof value !== 'object' || value === null) return value;
  if ('$value' in value) return valueOf(value as Tag);
  const copy = {};
  for (const [key, inner] of Object.entries(value)) {
    Object.defineProperty(copy, key, { value: untagged(inner), enumerable: true, writable: true, configurable: true });
  }
  return copy;
}

function valueOf(tag: Tag): unknown {
  const make = makers[tag.$value];
  if (make === undefined) throw new Error(`no such tag: ${tag.$value}`);
  return make(tag);
}

const makers: Record<string, (tag: Tag) => unknown> = {
  undefined: () => undefined,
  function: () => () => undefined,
  symbol: () => Symbol('s'),
  NaN: () => NaN,
  Infinity: () => Infinity,
  '-Infinity': () => -Infinity,
  '-0': () => -0,
  bigint: ({ of }) => BigInt(of as string),
  date: ({ of }) => new Date(of as string),
  buffer: ({ of }) => Buffer.from(of as string),
  error: ({ of }) => new TypeError(of as string),
  toJSON: ({ of }) => ({ toJSON: () => of }),
  map: ({ of }) => new Map(of as [unknown, unknown][]),
  set: ({ of }) => new Set(of as unknown[]),
  circular: () => {
    const circle: Record<string, unknown> = { a: 1 };
    circle['self'] = circle;
    return circle;
  },
  'throwing getter': () => ({
    before: 1,
    get bad(): never {
      throw new Error('never');
    },
    after: 2,
  }),
  'throwing toJSON': () => ({
    toJSON: () => {
      throw new Error('never');
    },
  }),
  'revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  nested: ({ of }) => {
    let nested: unknown = 'deepest';
    for (let level = 0; level < Number(of); level++) nested = level % 2 === 0 ? [nested] : { in: nested };
    return nested;
  },
  repeat: ({ of, times = 1, after = '', then = '' }) => after + String(of).repeat(times) + then,
};
