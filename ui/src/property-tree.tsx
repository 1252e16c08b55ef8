import { useState } from 'preact/hooks';
import { CopyButton } from './copy-button.tsx';
import { countText } from './format.ts';
import { VisibleText } from './visible-text.tsx';

/** The most entries and characters that are shown before one asks for more. */
const ENTRIES_AT_ONCE = 100;
const LONGEST_TEXT = 400;

/** The properties of the event: the application's own first, then those that PostHog gives a meaning. */
export function PropertyTree({ wire }: { wire: unknown }) {
  const properties = propertiesOf(wire);
  if (properties === null) return <p class="gone">It was dropped before it was made: only its name is known.</p>;
  const entries = Object.entries(properties);
  const own = entries.filter(([key]) => !key.startsWith('$'));
  const posthogs = entries.filter(([key]) => key.startsWith('$'));
  return (
    <>
      <Section title="Own" entries={own} />
      <Section title="PostHog’s" entries={posthogs} />
    </>
  );
}

function propertiesOf(wire: unknown): Record<string, unknown> | null {
  if (typeof wire !== 'object' || wire === null || !('properties' in wire)) return null;
  return wire.properties as Record<string, unknown>;
}

type Entries = readonly (readonly [key: string, value: unknown])[];

function Section({ title, entries }: { title: string; entries: Entries }) {
  if (entries.length === 0) return null;
  return (
    <section class="properties">
      <h3>
        {title} <span class="faint">{entries.length.toLocaleString()}</span>
      </h3>
      <EntryList entries={entries} />
    </section>
  );
}

function EntryList({ entries }: { entries: Entries }) {
  const [most, setMost] = useState(ENTRIES_AT_ONCE);
  const hidden = entries.length - most;
  return (
    <>
      <ul class="entries">
        {entries.slice(0, most).map(([key, value]) => (
          <Entry key={key} name={key} value={value} />
        ))}
      </ul>
      {hidden > 0 && (
        <button type="button" class="button is-quiet" onClick={() => setMost(most + ENTRIES_AT_ONCE * 5)}>
          {`Show more (${countText(hidden, 'property', 'properties')} hidden)`}
        </button>
      )}
    </>
  );
}

function Entry({ name, value }: { name: string; value: unknown }) {
  const nested = nestedEntries(value);
  const [isOpen, setOpen] = useState(nested !== null && nested.length <= 20);
  if (nested === null || nested.length === 0) {
    return (
      <li class="entry">
        <Name text={name} />
        <span class="entry-value">
          <Value value={value} />
        </span>
        <CopyButton
          name={`Copy the value of ${name.slice(0, 80)}`}
          text={() => Promise.resolve(plainText(value))}
          isQuiet
        />
      </li>
    );
  }
  return (
    <li class="entry is-nested">
      <button type="button" class="entry-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Name text={name} />
        <span class="faint">{Array.isArray(value) ? `[${nested.length}]` : `{${nested.length}}`}</span>
      </button>
      {isOpen && <EntryList entries={nested} />}
    </li>
  );
}

function Name({ text }: { text: string }) {
  return (
    <span class="entry-name">
      <VisibleText text={text.length > 200 ? `${text.slice(0, 200)}…` : text} />
    </span>
  );
}

function Value({ value }: { value: unknown }) {
  const [isWhole, setWhole] = useState(false);
  if (typeof value !== 'string') return <span class={`value is-${typeOf(value)}`}>{JSON.stringify(value)}</span>;
  const isLong = value.length > LONGEST_TEXT && !isWhole;
  return (
    <span class="value is-string">
      <VisibleText text={isLong ? value.slice(0, LONGEST_TEXT) : value} />
      {value === '' && <span class="faint">empty text</span>}
      {isLong && (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          {`… all ${value.length.toLocaleString()} characters`}
        </button>
      )}
    </span>
  );
}

function nestedEntries(value: unknown): Entries | null {
  return typeof value === 'object' && value !== null ? Object.entries(value) : null;
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
