import type { DeliveryHealth } from '../../../src/inbox/problems/problem-api.ts';
import { durationText } from '../format.ts';
import { Icon } from '../icons.tsx';
import { levelNames } from '../level-names.ts';
import { VisibleText } from '../visible-text.tsx';

/** How delivery stands: in words, and the books in numbers. */
export function HealthFigures({ health }: { health: DeliveryHealth }) {
  const { level, title, text, host, store, lastError } = health;
  return (
    <section class="health" aria-labelledby="health-title" data-level={level}>
      <div class="health-head">
        <span class={`mark is-${level}`}>
          <Icon name={level} />
          <span class="offscreen">{levelNames[level]}</span>
        </span>
        <h2 id="health-title">{title}</h2>
        <p>{text}</p>
        <p class="health-to">{host === null ? 'no key' : `${hostName(host)}, ${storeNames[store]}`}</p>
      </div>
      <dl class="health-figures">
        {figuresOf(health).map(({ name, value, isBad }) => (
          <div key={name} class={isBad === true ? 'health-figure is-bad' : 'health-figure'} data-figure={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {lastError !== null && (
        <p class="health-error">
          Last failure: <VisibleText text={lastError} />
        </p>
      )}
    </section>
  );
}

const storeNames = { memory: 'from memory', spool: 'from a spool on disk' } as const;

interface Figure {
  readonly name: string;
  readonly value: string;
  readonly isBad?: boolean;
}

function figuresOf(health: DeliveryHealth): Figure[] {
  const { accepted, delivered, handed, pending, refused, dropped, dead, retries, oldestPendingMs, host } = health;
  const number = (name: string, count: number, isBad = false): Figure => ({
    name,
    value: count.toLocaleString(),
    isBad: isBad && count > 0,
  });
  const figures = [number('accepted', accepted), number(host === null ? 'shown' : 'delivered', delivered)];
  if (handed > 0) figures.push(number('handed over', handed));
  figures.push(number('pending', pending));
  if (pending > 0) figures.push({ name: 'oldest', value: durationText(oldestPendingMs) });
  figures.push(number('refused', refused), number('dropped', dropped, true));
  if (host !== null) figures.push(number('dead', dead, true), number('retries', retries));
  return figures;
}

function hostName(host: string): string {
  return URL.canParse(host) ? new URL(host).host : host;
}
