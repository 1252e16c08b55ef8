import { describe, expect, it } from 'vitest';
import { errorType, maskCredentials, redactedMessage, redactText } from '../../src/event/redaction.js';

class PaymentError extends Error {}
class Anonymous extends Error {
  override name = 'user@example.com said no';
}

describe('errorType', () => {
  it.each([
    [new TypeError('x'), 'TypeError'],
    [new PaymentError('x'), 'PaymentError'],
    [new Error('x'), 'Error'],
    [Object.assign(new Error('x'), { name: 'AbortError' }), 'AbortError'],
    [new DOMException('x', 'TimeoutError'), 'TimeoutError'],
    [{ name: 'AliceSmith', message: 'x' }, 'Object'],
    [{ name: 'AliceSmith', constructor: { name: 'Error' } }, 'unknown'],
    [{}, 'Object'],
    [Object.assign(Object.create(null), { name: 'AliceSmith' }), 'unknown'],
    [[], 'Array'],
    ['text', 'string'],
    [5, 'number'],
    [5n, 'bigint'],
    [undefined, 'undefined'],
    [null, 'null'],
    [Symbol('s'), 'symbol'],
    [() => 1, 'Function'],
  ])('names it by its class (case %#: %s)', (error, name) => {
    expect(errorType(error)).toBe(name);
  });

  it('does not throw over what can not even be looked at', () => {
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    expect(errorType(revoked.proxy)).toBe('unknown');
  });

  it('takes no sentence for a name', () => {
    expect(errorType(new Anonymous())).toBe('Anonymous');
    expect(errorType(Object.assign(new Error('x'), { name: 'user@example.com said no' }))).toBe('Error');
  });
});

describe('redactedMessage', () => {
  it.each([
    ['No user jane.doe+x@mail.example.com here', 'No user [email] here'],
    ['Bad key sk-proj-abcdefghijkl', 'Bad key [token]'],
    ['Bad key phc_abcdefgh12345678', 'Bad key [token]'],
    ['401 for Bearer abc.def-ghi', '401 for Bearer [token]'],
    ['https://a.example/?api_key=short1&x=1', 'https://a.example/?api_key=[token]&x=1'],
    ['{"password": "hunter2", "id": 1}', '{"password": "[token]", "id": 1}'],
    ['token: "a b" is "c d", secret: it\'s', 'token: "[token]" is "c d", secret: [token]\'s'],
    ['MY_API_KEY=short1 accessToken: short2', 'MY_API_KEY=[token] accessToken: [token]'],
    ['a@b, ada@@x.example, @c and x@, bob@y.example.', '[email], ada@@x.example, @c and x@, [email]'],
    ['postgres://me:pw@db.example/x', 'postgres://[credentials]@db.example/x'],
    ['JWT eyJhbGciOiJIUzI1NiIsInR5cCI6.eyJzdWIiOiIx.c2ln', 'JWT [token]'],
    ['Id 3f2504e0-4f89-11d3-9a0c-0305e82c3301 is gone', 'Id [token] is gone'],
    ['Cannot read properties of undefined (reading "name")', 'Cannot read properties of undefined (reading "name")'],
    ['UnauthorizedOperationExceptionHandler failed', 'UnauthorizedOperationExceptionHandler failed'],
  ])('masks what is secret in %o', (message, redacted) => {
    expect(redactedMessage(new Error(message))).toBe(redacted);
  });

  it('cuts a long message, at a whole character', () => {
    const redacted = redactText('👍'.repeat(10_000));
    expect(redacted).toHaveLength(300);
    expect(redacted.isWellFormed()).toBe(true);
    expect(redacted.endsWith('…')).toBe(true);
  });

  it.each([undefined, null, 5, {}, new Error(''), { message: 5 }])(
    'is null where there is no message (%o)',
    (error) => {
      expect(redactedMessage(error)).toBeNull();
    },
  );

  it('is null where the message throws', () => {
    const error = Object.defineProperty({}, 'message', { get: () => { throw new Error('no'); } }); // prettier-ignore
    expect(redactedMessage(error)).toBeNull();
  });

  it.each(['a', '-', '@', '//', '/:', 'a@', 'token=', '=', 'a.', '%'])('is quick over a hostile run of %o', (piece) => {
    const started = performance.now();
    redactText(piece.repeat(100_000));
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe('maskCredentials', () => {
  it('is quick over long texts with an address in them', () => {
    const started = performance.now();
    expect(maskCredentials(`${'a.b_'.repeat(2_000_000)} ada@example.org`)).toMatch(/a\.b_ \[email\]$/);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
