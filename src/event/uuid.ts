import { createHash, randomUUID } from 'node:crypto';

/** Keeps ids that are made of an application's own keys apart from all other v5 uuids. */
const ownNamespace = '6f1f3e0a-4b1d-5c7e-9a52-0c7f6d3b8e21';
const latestTime = 2 ** 48 - 1;

/**
 * A UUID v7 that carries this moment (milliseconds since 1970), the rest random.
 *
 * Not monotonic within a millisecond. A moment that v7 can't carry becomes the nearest that it can; NaN counts as 0.
 */
export function uuidV7(timeMs: number): string {
  const time = Math.min(Math.max(Math.floor(timeMs) || 0, 0), latestTime)
    .toString(16)
    .padStart(12, '0');
  // Node pools the randomness of randomUUID; a v4 has its version and variant where v7 has them.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** The UUID v5 of a name: the same for the same name and namespace (a uuid). */
export function uuidV5(name: string, namespace: string = ownNamespace): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether this is a uuid of any version, in the usual form. */
export function isUuid(text: unknown): text is string {
  return typeof text === 'string' && uuidForm.test(text);
}
