import type { Verdict } from '../inbox-api.js';
import { cutText } from '../visible-text.js';

/** Which method emitted the event. */
export function originVerdict(source: string | null): Verdict {
  if (source === null) {
    return {
      topic: 'origin',
      level: 'note',
      title: 'Told by hand',
      text: 'No decorated method emitted it: it was captured by a call, or by another client.',
    };
  }
  return { topic: 'origin', level: 'good', title: cutText(source, 120), text: 'This method emitted it.' };
}
