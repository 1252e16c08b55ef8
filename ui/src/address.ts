import { batch, effect } from '@preact/signals';
import { chosenSession } from './conversation/chosen-session.ts';
import { fields, filters, text, type Filters } from './filters.ts';
import { cursor, opened } from './selection.ts';
import { view, viewOf } from './views.ts';

/**
 * View, filters and the opened event stand in the address behind `#`, which never leaves the browser: a reload keeps
 * them, and a link leads to them. Each view and each conversation is a step of the browser's history.
 */
export function followAddress(): void {
  readAddress();
  addEventListener('hashchange', readAddress);
  addEventListener('popstate', readAddress);
  effect(() => {
    const query = new URLSearchParams(filters.value);
    if (text.value !== '') query.set('text', text.value);
    if (opened.value !== null) query.set('open', opened.value);
    if (view.value !== 'events') query.set('view', view.value);
    if (view.value === 'conversations' && chosenSession.value !== null) query.set('conversation', chosenSession.value);
    const hash = query.size === 0 ? '' : `#${query.toString()}`;
    if (hash === location.hash) return;
    const address = `${location.pathname}${location.search}${hash}`;
    if (placeOf(readHash()) === placeOf(query)) history.replaceState(null, '', address);
    else history.pushState(null, '', address);
  });
}

function readAddress(): void {
  const query = readHash();
  const given: Partial<Record<keyof Filters, string>> = {};
  for (const field of fields) {
    const value = query.get(field);
    if (value !== null) given[field] = value;
  }
  batch(() => {
    filters.value = given;
    text.value = query.get('text') ?? '';
    opened.value = query.get('open');
    cursor.value ??= opened.value;
    view.value = viewOf(query.get('view'));
    if (view.value === 'conversations') chosenSession.value = query.get('conversation');
  });
}

/** What is a step of the history: the view, and the conversation in it. */
function placeOf(query: URLSearchParams): string {
  return `${viewOf(query.get('view'))} ${query.get('conversation') ?? ''}`;
}

function readHash(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}
