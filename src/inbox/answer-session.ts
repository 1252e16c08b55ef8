import type { ServerResponse } from 'node:http';
import { answerJson, answerText, notFound } from './answer.js';
import type { EventView } from './event-view.js';
import { sessionEvents, sessionTest, sessionTimeline } from './session-events.js';

/** Answers with one session: its events, its timeline, or a test of it. `written` is its id as the address has it. */
export function answerSession(view: EventView, written: string, form: string, response: ServerResponse): void {
  const session = decoded(written);
  if (session === undefined) return notFound(response);
  if (form === 'test') {
    const test = sessionTest(view, session);
    return test === undefined ? notFound(response) : answerText(response, 200, test);
  }
  const found = form === 'timeline' ? sessionTimeline(view, session) : sessionEvents(view, session);
  if (found === undefined || ('rows' in found && found.rows.length === 0)) notFound(response);
  else answerJson(response, found);
}

function decoded(written: string): string | undefined {
  try {
    return decodeURIComponent(written);
  } catch {
    return undefined;
  }
}
