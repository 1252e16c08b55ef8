import type { Id } from './event-details.js';

/**
 * Whether a session is among the `rate` (0 to 1) that is kept. The same session always is or never is, in every
 * process; what has no session is drawn one by one.
 */
export function isSampled(sessionId: Id | null | undefined, rate: number): boolean {
  return (sessionId == null ? Math.random() : hashOf(String(sessionId))) < rate;
}

/** FNV-1a with a final mix (plain FNV-1a leaves the high bits of similar ids alike), as a number from 0 up to 1. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}
