import type { Message } from './messages.js';

/** How the library speaks to the developer. Never throws. `module` implements it over Nest's logger. */
export interface Reporter {
  /** Says a message the first time that its code comes together with this `subject` (a class, an event, a key). */
  warnOnce(message: Message, subject?: string): void;
  /** A trouble that lasts begins: said once until it is over. `level` defaults to `warn`. */
  troubleBegins(kind: string, message: Message, level?: 'warn' | 'error'): void;
  /** The trouble of this kind is over: said once, only if its beginning was. */
  troubleEnds(kind: string, message: Message): void;
  debug(text: string): void;
}
