import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { EventDetail, EventSummary } from '../../src/inbox/inbox-api.ts';
import { showConversation } from './conversation/chosen-session.ts';
import { CopyButton } from './copy-button.tsx';
import { Outcome } from './event-row.tsx';
import { setFilter } from './filters.ts';
import { bytesText, durationText, wholeTimeText } from './format.ts';
import { Icon } from './icons.tsx';
import { PropertyTree } from './property-tree.tsx';
import { RawText } from './raw-text.tsx';
import { chosenTab, close, detail, opened, openedRow, tabs, type Tab } from './selection.ts';
import { fetchCopy } from './server.ts';
import { VerdictList } from './verdict-list.tsx';
import { view } from './views.ts';
import { VisibleText } from './visible-text.tsx';

type Summary = Pick<EventSummary, 'seq' | 'event' | 'at' | 'person' | 'session' | 'outcome' | 'durationMs'>;

/** One event in full, beside the list or above it. */
export function EventDetailPane() {
  const state = detail.value;
  if (opened.value === null) return null;
  const loaded = state.kind === 'shown' && state.key === opened.value ? state.detail : null;
  // The row is known at once; what belongs to it follows.
  const summary = openedRow.value ?? loaded?.summary;
  return (
    <aside class="detail" aria-label="Event" data-shown={loaded === null ? undefined : opened.value}>
      {summary === undefined || state.kind === 'gone' ? (
        <NotShown title={summary?.event} isGone={state.kind === 'gone'} />
      ) : (
        <Shown summary={summary} detail={loaded} />
      )}
    </aside>
  );
}

function NotShown({ title, isGone }: { title: string | undefined; isGone: boolean }) {
  return (
    <>
      <DetailHead title={title ?? (isGone ? 'Gone' : 'Loading…')} />
      <p class="gone">
        {isGone &&
          'The server does not have this event any more: it was restarted, cleared, or made room for newer ones.'}
      </p>
    </>
  );
}

function DetailHead({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="detail-head">
      <button
        type="button"
        class="button is-square"
        id="close"
        onClick={close}
        aria-label="Close the event"
        title="Close (Esc)"
      >
        <span class="wide-only">
          <Icon name="close" />
        </span>
        <span class="narrow-only">
          <Icon name="back" />
        </span>
      </button>
      <h2>
        <VisibleText text={title} />
      </h2>
      {children}
    </div>
  );
}

function Shown({ summary, detail: loaded }: { summary: Summary; detail: EventDetail | null }) {
  const tab = chosenTab.value;
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => panel.current?.scrollTo(0, 0), [summary.seq, tab]);
  return (
    <>
      <DetailHead title={summary.event}>
        {loaded?.wire !== null && (
          <div class="copies" role="group" aria-label="Copy">
            <CopyButton label="JSON" name="Copy as JSON" text={() => fetchCopy(summary.seq, 'json')} />
            <CopyButton label="curl" name="Copy as curl" text={() => fetchCopy(summary.seq, 'curl')} />
            <CopyButton label="test" name="Copy as a line of a test" text={() => fetchCopy(summary.seq, 'test')} />
          </div>
        )}
      </DetailHead>
      <dl class="facts">
        <Fact name="When">{wholeTimeText(summary.at)}</Fact>
        {summary.person !== '' && (
          <Fact name="Person" onFilter={() => setFilter('person', summary.person)}>
            <VisibleText text={summary.person} />
          </Fact>
        )}
        {summary.session !== null && (
          <Fact name="Session" onFilter={() => setFilter('session', summary.session)}>
            <VisibleText text={summary.session} />
          </Fact>
        )}
        {summary.session !== null && view.value === 'events' && <ConversationLink session={summary.session} />}
        {summary.outcome !== null && (
          <Fact name="Outcome">
            <Outcome outcome={summary.outcome} /> {durationText(summary.durationMs)}
          </Fact>
        )}
        {loaded !== null && loaded.bytes > 0 && <Fact name="Size">{bytesText(loaded.bytes)}</Fact>}
      </dl>
      <div class="tabs" role="tablist" aria-label="Event" onKeyDown={turnTabs}>
        {tabs.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`tab-${id}`}
            aria-selected={tab === id}
            aria-controls="panel"
            tabIndex={tab === id ? 0 : -1}
            onClick={() => (chosenTab.value = id)}
          >
            {label}
          </button>
        ))}
      </div>
      <div ref={panel} class="panel" role="tabpanel" id="panel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {loaded !== null && <PanelContent tab={tab} detail={loaded} />}
      </div>
    </>
  );
}

function PanelContent({ tab, detail: { summary, verdicts, wire } }: { tab: Tab; detail: EventDetail }) {
  switch (tab) {
    case 'verdicts':
      return <VerdictList verdicts={verdicts} />;
    case 'properties':
      return <PropertyTree key={summary.seq} wire={wire} />;
    case 'raw':
      return <RawText key={summary.seq} wire={wire} />;
  }
}

function Fact({ name, children, onFilter }: { name: string; children: ComponentChildren; onFilter?: () => void }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>
        {onFilter === undefined ? (
          children
        ) : (
          <button type="button" class="link" onClick={onFilter} title={`Show only this ${name.toLowerCase()}`}>
            {children}
          </button>
        )}
      </dd>
    </div>
  );
}

function ConversationLink({ session }: { session: string }) {
  return (
    <Fact name="Conversation">
      <button type="button" class="link" id="conversation" onClick={() => showConversation(session)}>
        As a timeline
      </button>
    </Fact>
  );
}

function turnTabs(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const place = tabs.findIndex(({ id }) => id === chosenTab.value);
  const next = tabs[(place + step + tabs.length) % tabs.length];
  if (next === undefined) return;
  chosenTab.value = next.id;
  document.getElementById(`tab-${next.id}`)?.focus();
  event.preventDefault();
}
