import type { AnalyticsEvent, JsonValue } from '../../event/analytics-event.js';
import type { Verdict } from '../inbox-api.js';
import { cutText } from '../visible-text.js';

/** The most properties that are named. */
const MOST_NAMED = 20;
/** The most values that are looked at: an event holds 10,000 at most, unless PostHog's client made it. */
const MOST_READ = 20_000;

/** Whether all properties arrive as they were passed: which were cut, masked, or could not be read. */
export function propertiesVerdict({ properties }: AnalyticsEvent): Verdict {
  const found = new Findings();
  for (const key of Object.keys(properties)) found.read(properties[key] ?? null, key);
  const { cut, masked, mended } = found;
  const items = [
    ...cut.map((path) => `${path}: cut`),
    ...mended.map((path) => `${path}: could not be read`),
    ...masked.map((path) => `${path}: masked`),
  ];
  if (cut.length + mended.length > 0) {
    return verdict(
      'warn',
      'Properties were changed',
      'What was too large, too deep or no plain data was left out.',
      items,
    );
  }
  if (masked.length > 0) {
    return verdict('note', 'Properties were masked', 'Addresses, credentials or tokens in them were replaced.', items);
  }
  return verdict('good', 'Complete', 'Every property goes out as it stands here.');
}

class Findings {
  readonly cut: string[] = [];
  readonly masked: string[] = [];
  readonly mended: string[] = [];
  private seen = 0;

  read(value: JsonValue, path: string): void {
    if (++this.seen > MOST_READ) return;
    if (typeof value === 'string') return this.readText(value, path);
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) value.forEach((item, index) => this.read(item, `${path}[${index}]`));
    else for (const key of Object.keys(value)) this.read(value[key] ?? null, `${path}.${key}`);
  }

  private readText(text: string, path: string): void {
    if (path === '[Truncated]' || text.endsWith('[Truncated]') || /\[Truncated: \d+ bytes\]$/.test(text.slice(-40)))
      add(this.cut, path);
    else if (text === '[Circular]' || text === '[Threw]') add(this.mended, path);
    else if (/\[(?:email|token|credentials)\]/.test(text)) add(this.masked, path);
  }
}

function add(paths: string[], path: string): void {
  if (paths.length < MOST_NAMED) paths.push(cutText(path, 80));
}

function verdict(level: Verdict['level'], title: string, text: string, items?: readonly string[]): Verdict {
  return { topic: 'properties', level, title, text, ...(items !== undefined && { items }) };
}
