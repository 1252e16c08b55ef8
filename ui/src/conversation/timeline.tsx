import type { Conversation, Person, Turn } from '../../../src/inbox/conversation/conversation-api.ts';
import { timeText, wholeTimeText } from '../format.ts';
import { opened } from '../selection.ts';
import { VisibleText } from '../visible-text.tsx';
import { ConversationHead } from './conversation-head.tsx';
import { TimelineRow } from './timeline-row.tsx';

/** One session: its turns in the order in which they began, each a waterfall. */
export function Timeline({ conversation }: { conversation: Conversation }) {
  const { turns, hidden, boot, totals } = conversation;
  return (
    // What scrolls has the focus, so that keys scroll it.
    <section class="conversation" aria-label="Conversation" tabIndex={0} data-events={totals.events}>
      <ConversationHead conversation={conversation} />
      {hidden > 0 && <p class="conversation-hidden">{`${hidden.toLocaleString()} older events are not shown.`}</p>}
      {turns.map((turn, place) => (
        <TurnPart key={turn.id} turn={turn} before={turns[place - 1]?.person} boot={boot} />
      ))}
    </section>
  );
}

function TurnPart({ turn, before, boot }: { turn: Turn; before: Person | undefined; boot: string }) {
  const { id, at, person, scaleMs, nodes } = turn;
  const isChanged = person.id !== '' && person.id !== before?.id;
  return (
    <>
      {isChanged && (
        <h3 class={person.isAnonymous ? 'person is-anonymous' : 'person'} data-person={person.id}>
          <span>{person.isAnonymous ? 'Anonymous' : 'Signed in'}</span>
          <span class="person-id">
            <VisibleText text={person.id} />
          </span>
        </h3>
      )}
      <div class="turn" data-turn={id}>
        <time class="turn-time" dateTime={at} title={wholeTimeText(at)}>
          {timeText(at)}
        </time>
        <ul class="nodes">
          {nodes.map((node) => {
            const keys = node.events.map(({ seq }) => `${boot}.${seq}`);
            const isOpen = opened.value !== null && keys.includes(opened.value);
            return <TimelineRow key={keys[0]} node={node} keys={keys} scaleMs={scaleMs} isOpen={isOpen} />;
          })}
        </ul>
      </div>
    </>
  );
}
