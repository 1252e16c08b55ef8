import { useState } from 'preact/hooks';
import type { Problem, ProblemItem } from '../../../src/inbox/problems/problem-api.ts';
import { countText, timeText, wholeTimeText } from '../format.ts';
import { Icon } from '../icons.tsx';
import { levelNames } from '../level-names.ts';
import { VisibleText } from '../visible-text.tsx';

/** So many are shown at once; the rest by a button. */
const FEW = 6;

export function ProblemCard({ problem }: { problem: Problem }) {
  const { id, level, title, text, advice, code, count, filter } = problem;
  return (
    <li class="problem" data-id={id} data-level={level}>
      <span class={`mark is-${level}`}>
        <Icon name={level} />
        <span class="offscreen">{levelNames[level]}</span>
      </span>
      <div class="problem-body">
        <h3>
          {title}
          {count !== null && <span class="problem-count">{count.toLocaleString()}</span>}
          <Times problem={problem} />
        </h3>
        <p class="problem-text">
          <VisibleText text={text} />
        </p>
        <Items problem={problem} />
        {advice !== '' && (
          <p class="problem-advice">
            <span class="problem-do">Do this</span>
            <span>
              <VisibleText text={advice} />
            </span>
          </p>
        )}
        {(code !== null || filter !== null) && (
          <p class="problem-more">
            {filter !== null && <a href={`#${filter}`}>Show them</a>}
            {code !== null && (
              <span class="faint">
                <code>{code}</code> in docs/errors.md
              </span>
            )}
          </p>
        )}
      </div>
    </li>
  );
}

function Times({ problem: { firstAt, lastAt } }: { problem: Problem }) {
  if (firstAt === null) return null;
  const isSpan = lastAt !== null && timeText(lastAt) !== timeText(firstAt);
  return (
    <span class="problem-times" title={wholeTimeText(lastAt ?? firstAt)}>
      {lastAt === null ? 'since ' : ''}
      {timeText(firstAt)}
      {isSpan ? ` – ${timeText(lastAt)}` : ''}
    </span>
  );
}

function Items({ problem: { items, hidden } }: { problem: Problem }) {
  const [isWhole, setWhole] = useState(false);
  if (items.length === 0) return null;
  // One more line takes no more room than the button that would show it.
  const shown = isWhole || items.length <= FEW + 1 ? items : items.slice(0, FEW);
  const rest = items.length - shown.length;
  return (
    <>
      <ul class="problem-items">
        {shown.map((item) => (
          <Item key={`${item.name}\n${item.detail ?? ''}`} item={item} />
        ))}
        {rest === 0 && hidden > 0 && <li class="faint">and {countText(hidden, 'more', 'more')}</li>}
      </ul>
      {rest > 0 && (
        <button type="button" class="link" onClick={() => setWhole(true)}>
          {`Show ${countText(rest + hidden, 'more', 'more')}`}
        </button>
      )}
    </>
  );
}

function Item({ item: { name, detail, count } }: { item: ProblemItem }) {
  return (
    <li>
      <span class="problem-name">
        <VisibleText text={name} />
      </span>
      {detail !== null && (
        <span class="problem-detail">
          <VisibleText text={detail} />
        </span>
      )}
      {count !== null && <span class="problem-times">{count.toLocaleString()} ×</span>}
    </li>
  );
}
