import { durationText, isToday, millisecondsText, stateTexts, timeText, wholeTimeText } from './format.ts';
import { Icon } from './icons.tsx';
import { boot, type Row } from './rows.ts';
import { rowId } from './row-id.ts';
import { cursor, open, opened } from './selection.ts';
import { VisibleText } from './visible-text.tsx';

interface EventRowProps {
  readonly row: Row;
  /** The row's, which change in place. */
  readonly state: Row['state'];
  readonly reason: Row['reason'];
  readonly place: number;
  readonly total: number;
  readonly top: number;
  readonly height: number;
}

export function EventRow({ row, state, reason, place, total, top, height }: EventRowProps) {
  const isOpened = opened.value === row.key;
  const classes = ['row', cursor.value === row.key && 'is-cursor', isOpened && 'is-open', isOld(row) && 'is-old'];
  return (
    <div
      id={rowId(row.key)}
      class={classes.filter(Boolean).join(' ')}
      role="option"
      aria-selected={isOpened}
      aria-posinset={place + 1}
      aria-setsize={total}
      data-key={row.key}
      style={{ transform: `translateY(${top}px)`, height: `${height}px` }}
      onClick={() => open(row)}
    >
      <StateDot state={state} reason={reason} />
      <time class="cell-time" dateTime={row.at} title={wholeTimeText(row.at)}>
        {timeText(row.at)}
        {isToday(row.at) && <span class="faint">.{millisecondsText(row.at)}</span>}
      </time>
      <span class="cell-event">
        <VisibleText text={row.event} />
        {(row.level === 'warn' || row.level === 'bad') && (
          <span class={`mark is-${row.level}`} title="Something about it is probably not meant">
            <Icon name={row.level} />
            <span class="offscreen">needs a look</span>
          </span>
        )}
      </span>
      <span class="cell-gist">
        <VisibleText text={gistOf(row)} />
      </span>
      <span class={row.isAnonymous ? 'cell-person is-anonymous' : 'cell-person'}>
        <VisibleText text={row.person} />
      </span>
      <span class="cell-session">
        <VisibleText text={row.session ?? ''} />
      </span>
      <span class="cell-outcome">{row.outcome !== null && <Outcome outcome={row.outcome} />}</span>
      <span class="cell-duration">{durationText(row.durationMs)}</span>
    </div>
  );
}

/** Of what was dropped before it was made, the reason is all there is to tell. */
function gistOf({ gist, state, reason }: Row): string {
  return gist === '' && state === 'dropped' ? `dropped: ${reason ?? 'no reason given'}` : gist;
}

/** It came from a run of the server that has ended: only the row is left of it. */
function isOld(row: Row): boolean {
  return boot.value !== null && row.boot !== boot.value;
}

function StateDot({ state, reason }: Pick<Row, 'state' | 'reason'>) {
  const text = reason === null ? stateTexts[state] : `${stateTexts[state]}: ${reason}`;
  return (
    <span class={`state is-${state}`} title={text}>
      <span class="offscreen">{text}</span>
    </span>
  );
}

export function Outcome({ outcome }: { outcome: string }) {
  const kind = outcome === 'success' ? 'good' : outcome === 'error' ? 'bad' : 'other';
  return (
    <span class={`outcome is-${kind}`}>
      <VisibleText text={outcome} />
    </span>
  );
}
