import { describe, expect, it } from 'vitest';
import { redactedError } from '../../src/capture/redacted-error.js';

const everythingIn = (error: Error): string => `${error.name} ${error.message} ${error.stack} ${String(error.cause)}`;

describe('redactedError', () => {
  it('keeps the type and the places, and withholds every word of the message', () => {
    const redacted = redactedError(new RangeError('secret one\nsecret two\n    and at secret three'));
    expect(redacted.name).toBe('RangeError');
    expect(redacted.stack).toMatch(/^RangeError\n\s+at .*redacted-error\.test\.ts:\d+:\d+/);
    expect(everythingIn(redacted)).not.toContain('secret');
  });

  it('withholds the messages of causes too, and stops where they go in a circle', () => {
    const circle = new Error('secret');
    circle.cause = circle;
    const redacted = redactedError(new TypeError('secret', { cause: circle }));
    expect((redacted.cause as Error).name).toBe('Error');
    expect(everythingIn(redacted.cause as Error)).not.toContain('secret');
  });

  it.each([['secret'], [undefined], [null], [{ message: 'secret' }], [42]])('makes an error of %j', (thrown) => {
    const redacted = redactedError(thrown);
    expect(redacted).toBeInstanceOf(Error);
    expect(everythingIn(redacted)).not.toContain('secret');
  });

  it('never throws, whatever it is given', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(redactedError(proxy)).toBeInstanceOf(Error);
  });
});
