import type { Message } from '../../event/messages.js';
import type { Reporter } from '../../event/reporter.js';
import { forTerminal, type Terminal } from '../terminal.js';

/** Says what delivery has to say to the person at the terminal, each thing once; not what these codes are for. */
export function terminalReporter(terminal: Terminal, saidAlready: readonly string[] = []): Reporter {
  const said = new Set<string>();
  const isNews = ({ code }: Message): boolean => !saidAlready.includes(code);
  const troubles = new Set<string>();
  const say = (message: Message): void => {
    if (isNews(message)) terminal.error(forTerminal(`${message.text} (${message.code})`));
  };
  return {
    warnOnce(message, subject = '') {
      const key = `${message.code} ${subject}`;
      if (said.has(key)) return;
      said.add(key);
      say(message);
    },
    troubleBegins(kind, message) {
      if (troubles.has(kind)) return;
      troubles.add(kind);
      say(message);
    },
    troubleEnds(kind, message) {
      if (troubles.delete(kind)) say(message);
    },
    debug: () => undefined,
  };
}
