import { computed, effect, signal } from '@preact/signals';
import type { Conversation } from '../../../src/inbox/conversation/conversation-api.ts';
import { allRows, boot } from '../rows.ts';
import { fetchTimeline, ServerError } from '../server.ts';
import { view } from '../views.ts';
import { chosenSession } from './chosen-session.ts';

/** `gone`: the server has nothing of the session, or no longer. */
export type ShownConversation =
  { readonly kind: 'loading' | 'gone' } | { readonly kind: 'shown'; readonly conversation: Conversation };
export const shownConversation = signal<ShownConversation>({ kind: 'loading' });

/** How long new events are gathered before the timeline is asked for anew, in milliseconds. */
const GATHER_MS = 120;

/** What about the chosen session can change its timeline: another session, a restart, an event more, one dropped. */
const stand = computed(() => {
  const session = chosenSession.value;
  if (view.value !== 'conversations' || session === null) return null;
  let [count, newest, dropped] = [0, 0, 0];
  for (const row of allRows.value.list) {
    if (row.session !== session || row.boot !== boot.value) continue;
    count++;
    newest = row.seq;
    if (row.state === 'dropped') dropped++;
  }
  return `${boot.value ?? ''} ${count} ${newest} ${dropped} ${session}`;
});

/** Keeps the timeline of the chosen session as it is while somebody looks at it. */
export function followConversation(): void {
  let asked: AbortController | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const ask = async (session: string): Promise<void> => {
    asked?.abort();
    const { signal: isOver } = (asked = new AbortController());
    try {
      const conversation = await fetchTimeline(session, isOver);
      shownConversation.value = { kind: 'shown', conversation };
    } catch (error) {
      // Without a server what was shown stays; the header says that it is away.
      if (!isOver.aborted && error instanceof ServerError && error.status === 404)
        shownConversation.value = { kind: 'gone' };
    }
  };

  effect(() => {
    const session = chosenSession.value;
    const shown = shownConversation.peek();
    clearTimeout(timer);
    if (stand.value === null || session === null) return;
    const isKnown = shown.kind === 'shown' && shown.conversation.session === session;
    if (!isKnown) shownConversation.value = { kind: 'loading' };
    timer = setTimeout(() => void ask(session), isKnown ? GATHER_MS : 0);
  });
}
