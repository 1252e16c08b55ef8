import { signal } from '@preact/signals';

/** The page's views, in the order of the header. */
export const views = [
  { id: 'events', label: 'Events' },
  { id: 'conversations', label: 'Conversations' },
  { id: 'overview', label: 'Overview' },
  { id: 'problems', label: 'Problems' },
] as const;
export type ViewId = (typeof views)[number]['id'];

export const view = signal<ViewId>('events');

/** The view of that name; the events where there is none. */
export function viewOf(name: string | null): ViewId {
  return views.find(({ id }) => id === name)?.id ?? 'events';
}
