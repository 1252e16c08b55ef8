import type { CallNotes } from './call-notes.js';
import { notedFacts, problem } from './problem.js';
import type { Problem } from './problem-api.js';

type Texts = Pick<Problem, 'level' | 'title' | 'text' | 'advice' | 'code'>;

/** Calls of decorated methods that nobody tracked, or that were tracked for nobody. */
export function untrackedCalls(notes: CallNotes): Problem[] {
  return Object.entries(kinds).flatMap(([reason, texts]) => {
    const id = `untracked:${reason}`;
    const noted = notes.of(id);
    return noted === undefined ? [] : [problem({ id, ...texts, count: noted.count, ...notedFacts(noted) })];
  });
}

const kinds: Readonly<Record<'unbound' | 'off' | 'no_context', Texts>> = {
  unbound: {
    level: 'warn',
    title: 'Called on objects of no application',
    text: 'These ran untracked: Nest did not make the object (new, a static method, another application), and no request or tracked call of this one was around it.',
    advice: 'Make the class a provider of an application that imports AnalyticsModule, and inject it.',
    code: null,
  },
  off: {
    level: 'warn',
    title: 'Called while analytics was off',
    text: 'These ran untracked: the analytics of their application was switched off, or had closed already.',
    advice: 'Look at ANALYTICS_ENABLED and POSTHOG_API_KEY there, and let work end before the application closes.',
    code: null,
  },
  no_context: {
    level: 'warn',
    title: 'Called outside any context',
    text: 'These were tracked without a request or context around them, so their events have no user and no session.',
    advice:
      'Open one around the work with AnalyticsContext.run({ userId, sessionId }, fn), or put @UseInterceptors(AnalyticsInterceptor) on the handler that calls them.',
    code: 'NAA101',
  },
};
