import { expect } from 'vitest';
import { version } from '../../src/event/version.js';

/** What a case of test/golden says in place of a value that JSON can't express. */
interface Tag {
  $value: string;
  of?: unknown;
  times?: number;
  after?: string;
  then?: string;
}

/** The value that a golden file means: its tags made real, the rest as it is. */
export function realValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(realValue);
  if ('$value' in value) return tagged(value as Tag);
  const real = {};
  for (const [key, member] of Object.entries(value)) {
    Object.defineProperty(real, key, {
      value: realValue(member),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return real;
}

/** Expects the value on the wire to be what a golden file says, placeholders included, and nothing besides. */
export function expectWire(wire: unknown, golden: unknown, options: { partial?: boolean } = {}): void {
  const expected = realExpectation(golden);
  if (options.partial) expect(wire).toMatchObject(expected as object);
  else expect(wire).toStrictEqual(expected);
}

function realExpectation(golden: unknown): unknown {
  if (typeof golden === 'string') return placeholder(golden);
  if (typeof golden !== 'object' || golden === null) return golden;
  if (Array.isArray(golden)) return golden.map(realExpectation);
  if ('$value' in golden) return tagged(golden as Tag);
  if ('$check' in golden) return shallowerThan(golden as unknown as { below: number; contains: string });
  const entries = Object.entries(golden).map(([key, value]): [string, unknown] => [key, realExpectation(value)]);
  return Object.fromEntries(entries);
}

const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-%[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

function placeholder(text: string): unknown {
  switch (text) {
    case '<any>':
      return expect.anything();
    case '<version>':
      return version;
    case '<uuid>':
      return expect.stringMatching(new RegExp(`^${uuid.replace('%', '7')}$`));
    case '<uuid v5>':
      return expect.stringMatching(new RegExp(`^${uuid.replace('%', '5')}$`));
    case '<random id>':
      return expect.stringMatching(new RegExp(`^${uuid.replace('%', '[47]')}$`));
    case '<timestamp>':
      return expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    case '<hash>':
    case 'anonymous_<hash>':
      return expect.stringMatching(new RegExp(`^${text.replace('<hash>', '[0-9a-f]{32}')}$`));
    default:
      return text;
  }
}

/** Nesting that PostHog takes, with the marker where it was cut. */
function shallowerThan({ below, contains }: { below: number; contains: string }): unknown {
  return expect.toSatisfy((wire: unknown) => depthOf(wire) < below && JSON.stringify(wire).includes(contains));
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function tagged({ $value, of, times = 0, after = '', then = '' }: Tag): unknown {
  const fail = (): never => {
    throw new Error('thrown by a golden value');
  };
  switch ($value) {
    case 'undefined':
      return undefined;
    case 'function':
      return fail;
    case 'symbol':
      return Symbol('golden');
    case 'NaN':
    case 'Infinity':
    case '-Infinity':
    case '-0':
      return Number($value);
    case 'bigint':
      return BigInt(String(of));
    case 'date':
      return new Date(String(of));
    case 'buffer':
      return Buffer.from(String(of));
    case 'error':
      return new TypeError(String(of));
    case 'toJSON':
      return { toJSON: () => of };
    case 'map':
      return new Map(of as [unknown, unknown][]);
    case 'set':
      return new Set(of as unknown[]);
    case 'repeat':
      return after + String(of).repeat(times) + then;
    case 'circular': {
      const value: Record<string, unknown> = { a: 1 };
      value.self = value;
      return value;
    }
    case 'throwing getter':
      return Object.defineProperties({}, { before: data(1), bad: { get: fail, enumerable: true }, after: data(2) });
    case 'throwing toJSON':
      return { toJSON: fail };
    case 'revoked proxy': {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    }
    case 'nested':
      return Array.from({ length: Number(of) }).reduce<unknown>((deep, _, i) => (i % 2 ? { deep } : [deep]), 'bottom');
    default:
      throw new Error(`a golden file names an unknown value: ${$value}`);
  }
}

function data(value: unknown): PropertyDescriptor {
  return { value, enumerable: true };
}
