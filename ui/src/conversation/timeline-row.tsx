import type { TimelineNode } from '../../../src/inbox/conversation/conversation-api.ts';
import { Outcome } from '../event-row.tsx';
import { durationText } from '../format.ts';
import { Icon } from '../icons.tsx';
import { cursor, opened } from '../selection.ts';
import { VisibleText } from '../visible-text.tsx';
import { nodeFacts } from './node-facts.ts';

interface TimelineRowProps {
  readonly node: TimelineNode;
  /** The keys of its events' rows. */
  readonly keys: readonly string[];
  readonly scaleMs: number;
  readonly isOpen: boolean;
}

/** Deeper levels stand no further in: there would be no room for their names. */
const DEEPEST = 8;

/** One thing that happened, as a bar in its turn's waterfall; opened it names the events that tell it. */
export function TimelineRow({ node, keys, scaleMs, isOpen }: TimelineRowProps) {
  const { kind, depth, title, note, startMs, durationMs, outcome, isFailed, reason, level } = node;
  const show = (key: string | undefined): void => {
    opened.value = cursor.value = key ?? null;
  };
  const facts = nodeFacts(node);
  return (
    <li
      class={isFailed ? 'node is-failed' : 'node'}
      data-kind={kind}
      data-depth={depth}
      data-title={title}
      data-start={startMs}
      data-duration={durationMs ?? ''}
    >
      <button
        type="button"
        class={isOpen ? 'node-row is-open' : 'node-row'}
        aria-expanded={isOpen}
        onClick={() => show(isOpen ? undefined : keys[0])}
      >
        <span class="node-name" style={{ paddingInlineStart: `${Math.min(depth, DEEPEST) * 14}px` }}>
          <span class="node-dot" />
          <span class="offscreen">{`${kindNames[kind]}, level ${depth + 1}: `}</span>
          <span class="node-title">
            <VisibleText text={title} />
          </span>
          {note !== '' && (
            <span class="node-note">
              <VisibleText text={note} />
            </span>
          )}
          {outcome !== null && outcome !== 'success' && (
            <Outcome outcome={reason === null || reason === outcome ? outcome : `${outcome}: ${reason}`} />
          )}
          {node.isDropped && <Outcome outcome="dropped" />}
          {(level === 'warn' || level === 'bad') && (
            <span class={`mark is-${level}`} title="Something about it is probably not meant">
              <Icon name={level} />
              <span class="offscreen">needs a look</span>
            </span>
          )}
        </span>
        <Bar node={node} scaleMs={scaleMs} />
        <span class="node-duration">{durationText(durationMs)}</span>
        <span class="node-facts">{facts}</span>
      </button>
      {isOpen && (
        <ul class="node-events" aria-label="Told by">
          {node.events.map(({ seq, event }, place) => (
            <li key={seq}>
              <button
                type="button"
                class="node-event"
                aria-pressed={opened.value === keys[place]}
                onClick={() => show(keys[place])}
              >
                <VisibleText text={event} />
              </button>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

const kindNames: Readonly<Record<TimelineNode['kind'], string>> = {
  message: 'Message',
  run: 'Run',
  tool: 'Tool call',
  model: 'Model call',
  span: 'Span',
  decision: 'Decision',
  feedback: 'Feedback',
  setup: 'Set-up',
  fired: 'Fired',
  identify: 'Person',
  event: 'Event',
};

function Bar({ node: { startMs, durationMs, firstMs }, scaleMs }: { node: TimelineNode; scaleMs: number }) {
  if (scaleMs === 0) return <span class="node-bar is-empty" />;
  const share = (ms: number): string => `${Math.min(100, (100 * ms) / scaleMs)}%`;
  const isMoment = durationMs === null;
  return (
    <span class="node-bar">
      <span
        class={isMoment ? 'bar is-moment' : 'bar'}
        style={{
          insetInlineStart: share(startMs),
          width: isMoment ? '' : share(Math.min(durationMs, scaleMs - startMs)),
        }}
      >
        {firstMs !== null && durationMs !== null && durationMs > 0 && firstMs <= durationMs && (
          <span class="bar-first" style={{ width: `${(100 * firstMs) / durationMs}%` }} />
        )}
      </span>
    </span>
  );
}
