import { expect, it } from 'vitest';
import { messages, type Message } from '../../../src/event/messages.js';
import { warningTitles } from '../../../src/inbox/problems/warning-titles.js';

const texts = Object.values(messages as unknown as Record<string, (...args: string[]) => Message>);
/** Those that say that a trouble is over. */
const ends = ['NAA302', 'NAA308', 'NAA402', 'NAA404'];

it('names every warning that an application may hear while it runs', () => {
  const codes = texts.map((text) => text('a', 'b', 'c').code).filter((code) => !ends.includes(code));
  // The others stop the start, or are thrown as a class is loaded, or are those of the inbox and the command line.
  const heard = codes.filter((code) => /^NAA[12346]/.test(code) && !/^NAA11[0-3]/.test(code));
  expect(Object.keys(warningTitles).sort()).toEqual(heard.sort());
});
