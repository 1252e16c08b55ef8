import type { Verdict, VerdictTopic } from '../../src/inbox/inbox-api.ts';
import { Icon } from './icons.tsx';
import { levelNames } from './level-names.ts';
import { VisibleText } from './visible-text.tsx';

const topicNames: Readonly<Record<VerdictTopic, string>> = {
  delivery: 'Delivery',
  duplicate: 'Duplicate',
  person: 'Person',
  billing: 'Billing',
  groups: 'Groups',
  trace: 'Trace',
  replay: 'Replay',
  properties: 'Properties',
  catalog: 'Catalog',
  origin: 'Emitted by',
};

/** What PostHog will do with the event, one sentence a topic. */
export function VerdictList({ verdicts }: { verdicts: readonly Verdict[] }) {
  return (
    <ul class="verdicts">
      {verdicts.map(({ topic, level, title, text, items = [] }) => (
        <li key={topic} class="verdict" data-topic={topic} data-level={level}>
          <span class={`mark is-${level}`}>
            <Icon name={level} />
            <span class="offscreen">{levelNames[level]}</span>
          </span>
          <span class="verdict-topic">{topicNames[topic]}</span>
          <div class="verdict-body">
            <p class="verdict-title">
              <VisibleText text={title} />
            </p>
            <p class="verdict-text">
              <VisibleText text={text} />
            </p>
            {items.length > 0 && (
              <ul class="verdict-items">
                {items.map((item) => (
                  <li key={item}>
                    <VisibleText text={item} />
                  </li>
                ))}
              </ul>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
