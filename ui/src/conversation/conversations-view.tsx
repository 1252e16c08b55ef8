import { EventDetailPane } from '../event-detail.tsx';
import { opened } from '../selection.ts';
import { chosenSession } from './chosen-session.ts';
import { SessionList } from './session-list.tsx';
import { shownConversation } from './shown-conversation.ts';
import { Timeline } from './timeline.tsx';

/** All conversations, or one as a timeline with the event that is opened beside it. */
export function ConversationsView() {
  if (chosenSession.value === null) return <SessionList />;
  return (
    <main class={opened.value === null ? 'main' : 'main is-split'}>
      <Chosen session={chosenSession.value} />
      <EventDetailPane />
    </main>
  );
}

function Chosen({ session }: { session: string }) {
  const shown = shownConversation.value;
  if (shown.kind === 'shown' && shown.conversation.session === session)
    return <Timeline conversation={shown.conversation} />;
  return (
    <section class="conversation" aria-label="Conversation">
      <div class="conversation-head">
        <AllConversations />
        {shown.kind === 'gone' && (
          <p class="soft">The inbox has nothing of this conversation: it was restarted, cleared, or made room.</p>
        )}
      </div>
    </section>
  );
}

export function AllConversations() {
  return (
    <button type="button" class="button" id="all-conversations" onClick={() => (chosenSession.value = null)}>
      All conversations
    </button>
  );
}
