import { useState } from 'preact/hooks';
import { bytesText } from './format.ts';
import { VisibleText } from './visible-text.tsx';

const LONGEST_TEXT = 50_000;

/** The event exactly as it is sent, one element of PostHog's batch. */
export function RawText({ wire }: { wire: unknown }) {
  const [isWhole, setWhole] = useState(false);
  if (wire === null) return <p class="gone">It was dropped before it was made: nothing was sent.</p>;
  const json = JSON.stringify(wire, null, 2);
  const isLong = json.length > LONGEST_TEXT && !isWhole;
  return (
    <>
      <pre class="raw">
        {(isLong ? json.slice(0, LONGEST_TEXT) : json).split('\n').map((line, place) => (
          <span key={place} class="raw-line">
            <VisibleText text={line} />
            {'\n'}
          </span>
        ))}
      </pre>
      {isLong && (
        <button type="button" class="button" onClick={() => setWhole(true)}>
          {`Show all ${bytesText(json.length)}`}
        </button>
      )}
    </>
  );
}
