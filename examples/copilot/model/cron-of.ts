/** The cron pattern that a sentence asks for; every day at nine where it names no time. */
export function cronOf(sentence: string): string {
  const text = sentence.toLowerCase();
  const cron = /\bcron\b\s*[`"']?([\d*/,\- ]+)/.exec(text)?.[1]?.trim();
  if (cron !== undefined && cron !== '') return cron;

  const seconds = /every (?:(\d+) )?seconds?/.exec(text);
  if (seconds !== null) return `*/${seconds[1] ?? 1} * * * * *`;
  const minutes = /every (?:(\d+) )?minutes?/.exec(text);
  if (minutes !== null) return `*/${minutes[1] ?? 1} * * * *`;
  if (/every hour|hourly/.test(text)) return '0 * * * *';

  const [, hour = '9', minute = '0'] = /\bat (\d{1,2})(?::(\d{2}))?/.exec(text) ?? [];
  const day = days.findIndex((name) => text.includes(name));
  return `${Number(minute)} ${Number(hour)} * * ${day === -1 ? '*' : day}`;
}

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
