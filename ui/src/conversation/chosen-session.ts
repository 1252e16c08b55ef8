import { signal } from '@preact/signals';
import { view } from '../views.ts';

/** The session whose timeline is shown; `null`: the list of them. */
export const chosenSession = signal<string | null>(null);

export function showConversation(session: string): void {
  chosenSession.value = session;
  view.value = 'conversations';
}

/** Where the page shows it, behind `#`. */
export function conversationHash(session: string): string {
  return `#${new URLSearchParams({ view: 'conversations', conversation: session }).toString()}`;
}
