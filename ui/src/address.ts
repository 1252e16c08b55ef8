import { effect } from '@preact/signals';
import { fields, filters, text, type Filters } from './filters.ts';
import { cursor, opened } from './selection.ts';

/**
 * Filters and the opened event stand in the address behind `#`, which never leaves the browser: a reload keeps them,
 * and a link leads to them.
 */
export function followAddress(): void {
  readAddress();
  addEventListener('hashchange', readAddress);
  effect(() => {
    const query = new URLSearchParams(filters.value);
    if (text.value !== '') query.set('text', text.value);
    if (opened.value !== null) query.set('open', opened.value);
    const hash = query.size === 0 ? '' : `#${query.toString()}`;
    if (hash !== location.hash) history.replaceState(null, '', `${location.pathname}${location.search}${hash}`);
  });
}

function readAddress(): void {
  const query = new URLSearchParams(location.hash.slice(1));
  const given: Partial<Record<keyof Filters, string>> = {};
  for (const field of fields) {
    const value = query.get(field);
    if (value !== null) given[field] = value;
  }
  filters.value = given;
  text.value = query.get('text') ?? '';
  opened.value = query.get('open');
  cursor.value ??= opened.value;
}
