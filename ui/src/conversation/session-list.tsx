import { countText, timeText, wholeTimeText } from '../format.ts';
import { allRows } from '../rows.ts';
import { VisibleText } from '../visible-text.tsx';
import { conversationHash } from './chosen-session.ts';
import { sessionsOf, type Session } from './sessions.ts';

/** The conversations that the page has events of, the one that spoke last first. */
export function SessionList() {
  const sessions = sessionsOf(allRows.value.list);
  return (
    // What scrolls has the focus, so that keys scroll it.
    <main class="sessions" aria-label="Conversations" tabIndex={0} data-total={sessions.length}>
      {sessions.length === 0 ? (
        <p class="sessions-none">No conversation yet: no event carries a session_id.</p>
      ) : (
        <ul>
          {sessions.map((session) => (
            <SessionItem key={session.session} session={session} />
          ))}
        </ul>
      )}
    </main>
  );
}

function SessionItem({ session: { session, lastAt, people, messages, tools, events, failed } }: { session: Session }) {
  return (
    <li>
      <a class="session" href={conversationHash(session)} data-session={session}>
        <span class="session-name">
          <VisibleText text={session} />
        </span>
        <span class="session-people">
          <VisibleText text={people.join(', ')} />
        </span>
        <span class="session-counts">
          {countText(messages, 'message')}, {countText(tools, 'tool call')}, {countText(events, 'event')}
          {failed > 0 && <span class="session-failed">{`, ${failed} failed`}</span>}
        </span>
        <time dateTime={lastAt} title={wholeTimeText(lastAt)}>
          {timeText(lastAt)}
        </time>
      </a>
    </li>
  );
}
