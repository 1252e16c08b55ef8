import { describe, expect, it } from 'vitest';
import { aiId, anonymousIdOf, hashId, readSessionId, readUserId, resolvePerson } from '../../src/event/distinct-id.js';
import { isUuid } from '../../src/event/uuid.js';

describe('readUserId', () => {
  it.each([
    ['user_1', 'user_1'],
    ['  padded ', '  padded '],
    ['E\u0301', 'E\u0301'],
    [42, '42'],
    [42n, '42'],
    ['NONE', 'NONE'],
    ['Null', 'Null'],
    ['nan', 'nan'],
    ['00', '00'],
    ['guests', 'guests'],
    ["'id", "'id"],
  ])('takes %o as it is', (given, id) => {
    expect(readUserId(given)).toStrictEqual({ id, trouble: undefined });
  });

  it.each([undefined, null, '', '  ', '\t\n'])('sees no user in %o, without a word', (given) => {
    expect(readUserId(given)).toStrictEqual({ id: undefined, trouble: undefined });
  });

  it.each(
    ['anonymous', 'Guest', 'DISTINCTID', 'distinct_id', 'Id', 'not_authenticated', 'EMail', 'undefined', 'True', 'false',
     '[object Object]', 'NaN', 'None', 'none', 'null', '0', 0, NaN, "'null'", '"Anonymous"', '"0"', "'[object Object]'"], // prettier-ignore
  )('refuses %o, as PostHog does', (given) => {
    expect(readUserId(given)).toStrictEqual({ id: undefined, trouble: 'refused' });
  });

  it.each([{}, ['a'], true, Symbol('s'), () => 'a'])('sees no user in what is no id (%o), and says so', (given) => {
    expect(readUserId(given)).toStrictEqual({ id: undefined, trouble: 'wrong_type' });
  });

  it('sends an id of more than 200 characters whole, and says so', () => {
    expect(readUserId('👍'.repeat(200)).trouble).toBeUndefined();
    const long = 'a'.repeat(201);
    expect(readUserId(long)).toStrictEqual({ id: long, trouble: 'too_long' });
  });

  it('mends lone surrogates', () => {
    expect(readUserId('a\ud800').id).toBe('a\ufffd');
  });
});

describe('resolvePerson', () => {
  const session = 'session-1';

  it('prefers the user, then the browser, then the session, then nothing', () => {
    expect(resolvePerson('u', 'browser', session, undefined)).toMatchObject({ distinctId: 'u', kind: 'user' });
    expect(resolvePerson(null, 'browser', session, undefined)).toMatchObject({
      distinctId: 'browser',
      kind: 'session',
    });
    expect(resolvePerson(null, null, session, undefined)).toMatchObject({
      distinctId: 'anonymous_session-1',
      kind: 'session',
    });
    expect(resolvePerson(null, null, null, undefined).kind).toBe('random');
  });

  it.each(['anonymous', ' ', 'x'.repeat(201), 7n ** 300n])('passes over a browser id that is of no use (%s)', (id) => {
    expect(resolvePerson(null, id, session, undefined).distinctId).toBe('anonymous_session-1');
  });

  it('treats a refused user as anonymous and says why', () => {
    expect(resolvePerson('null', null, session, undefined)).toStrictEqual({
      distinctId: 'anonymous_session-1',
      kind: 'session',
      trouble: 'refused',
    });
  });

  it('never shares one id among all unknowns', () => {
    const ids = [1, 2, 3].map(() => resolvePerson(null, null, null, undefined).distinctId);
    expect(new Set(ids).size).toBe(3);
    expect(ids.every(isUuid)).toBe(true);
  });

  it('gives retellings of one key the same unknown', () => {
    const told = () => resolvePerson(null, null, null, 'run-1').distinctId;
    expect(told()).toBe(told());
    expect(told()).not.toBe(resolvePerson(null, null, null, 'run-2').distinctId);
  });
});

describe('ids of sessions and traces', () => {
  it('reads a session id as text', () => {
    expect([readSessionId(5), readSessionId(' s '), readSessionId(''), readSessionId({}), readSessionId(null)]).toStrictEqual(['5', ' s ', null, null, null]); // prettier-ignore
  });

  it('hashes a session of more than 128 characters in the anonymous id', () => {
    expect(anonymousIdOf('a'.repeat(128))).toBe(`anonymous_${'a'.repeat(128)}`);
    expect(anonymousIdOf('👍'.repeat(128))).toBe(`anonymous_${'👍'.repeat(128)}`);
    expect(anonymousIdOf('a'.repeat(129))).toMatch(/^anonymous_[0-9a-f]{32}$/);
    expect(anonymousIdOf('a'.repeat(129))).not.toBe(anonymousIdOf('a'.repeat(130)));
  });

  it("hashes an AI id with characters that PostHog's AI views do not take", () => {
    const allowed = "aZ09-_~.@()!':|";
    expect(aiId(allowed)).toBe(allowed);
    for (const id of ['a b', 'a/b', 'ä', 'a\n', '']) expect(aiId(id)).toMatch(/^[0-9a-f]{32}$/);
    expect(aiId('a b')).toBe(hashId('a b'));
  });
});
