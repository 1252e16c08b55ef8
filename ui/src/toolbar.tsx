import { useSignal } from '@preact/signals';
import { choicesOf, clearFilters, filters, isFiltered, setFilter, text, visibleRows, type Field } from './filters.ts';
import { countText, stateTexts } from './format.ts';
import { Icon } from './icons.tsx';
import { intervalText } from './interval.ts';
import { areSingleKeysOn } from './keyboard.ts';
import { allRows, hasGap } from './rows.ts';
import { VisibleText } from './visible-text.tsx';

/** The search, the filters, and how many events they leave. */
export function Toolbar() {
  return (
    <div class="toolbar">
      <Search />
      <div class="filters" role="group" aria-label="Filters">
        <FilterMenu field="event" label="Event" />
        <FilterMenu field="outcome" label="Outcome" />
        <FilterMenu field="person" label="Person" />
        <FilterMenu field="session" label="Session" />
        <FilterMenu field="state" label="Delivery" />
        <FilterChip field="kind" label="Kind" />
        <FilterChip field="tool" label="Tool" />
        <FilterChip field="time" label="Time" />
        {isFiltered.value && (
          <button type="button" class="button is-quiet" onClick={clearFilters}>
            <Icon name="close" />
            <span>Clear filters</span>
          </button>
        )}
      </div>
      <Count />
    </div>
  );
}

function Search() {
  return (
    <label class="search">
      <Icon name="search" />
      <span class="offscreen">Search in all events</span>
      <input
        id="search"
        type="search"
        placeholder="Search"
        autocomplete="off"
        spellcheck={false}
        value={text.value}
        onInput={(event) => (text.value = event.currentTarget.value)}
      />
      {areSingleKeysOn.value && (
        <kbd class="wide-only" aria-hidden="true">
          /
        </kbd>
      )}
    </label>
  );
}

/** A native menu, whose choices are read from the rows when it is reached for, not with every event. */
function FilterMenu({ field, label }: { field: Exclude<Field, 'time'>; label: string }) {
  const choices = useSignal<string[]>([]);
  const chosen = filters.value[field];
  const load = (): void => {
    choices.value = choicesOf(field);
  };
  const listed = chosen === undefined || choices.value.includes(chosen) ? choices.value : [chosen, ...choices.value];
  return (
    <select
      class={chosen === undefined ? 'menu' : 'menu is-set'}
      aria-label={label}
      data-field={field}
      value={chosen ?? ''}
      onPointerDown={load}
      onFocus={load}
      onChange={(event) => setFilter(field, event.currentTarget.value)}
    >
      <option value="">{chosen === undefined ? label : `${label}: all`}</option>
      {listed.map((value) => (
        <option key={value} value={value}>
          {optionText(field, value)}
        </option>
      ))}
    </select>
  );
}

/** A filter that was set by a link only. */
function FilterChip({ field, label }: { field: Field; label: string }) {
  const chosen = filters.value[field];
  if (chosen === undefined) return null;
  return (
    <button
      type="button"
      class="button chip"
      data-field={field}
      aria-label={`Clear the filter by ${label.toLowerCase()}`}
      onClick={() => setFilter(field, null)}
    >
      <span>
        {`${label}: `}
        <VisibleText text={field === 'time' ? intervalText(chosen) : optionText(field, chosen)} />
      </span>
      <Icon name="close" />
    </button>
  );
}

function optionText(field: Field, value: string): string {
  if (field === 'state') return stateTexts[value as keyof typeof stateTexts];
  return value.length > 60 ? `${value.slice(0, 59)}…` : value;
}

function Count() {
  const shown = visibleRows.value.length;
  const total = allRows.value.list.length;
  return (
    <p class="count" id="count" data-shown={shown} data-total={total}>
      {isFiltered.value ? `${shown.toLocaleString()} of ${countText(total, 'event')}` : countText(total, 'event')}
      {hasGap.value && <span class="gap"> · some came and went unseen</span>}
    </p>
  );
}
