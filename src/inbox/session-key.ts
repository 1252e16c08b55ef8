import { createHash } from 'node:crypto';
import { cutText } from './visible-text.js';

/** A longer id is too much for a row and an address. */
const LONGEST_ID = 200;
const SHOWN_LENGTH = 160;
const DIGEST_LENGTH = 16;

/**
 * By what the inbox knows a session: its id. Of one that is too long, its beginning and a digest, so that no two are
 * one, and so of `.` and `..`, which no address can end in; a key is its own key. `null` where there is no id.
 */
export function sessionKey(id: unknown): string | null {
  if (typeof id === 'number') return String(id);
  if (typeof id !== 'string' || id === '') return null;
  const isDots = id === '.' || id === '..';
  if (id.length <= LONGEST_ID && !isDots) return id;
  const digest = createHash('sha256').update(id).digest('hex').slice(0, DIGEST_LENGTH);
  return `${isDots ? `${id}…` : cutText(id, SHOWN_LENGTH)}${digest}`;
}

/** What every id with this key begins with: all before the cut, and before half a character that it may have left. */
export function beginningOfSession(key: string): string {
  return key.split(/[…\ufffd]/, 1)[0] ?? '';
}
