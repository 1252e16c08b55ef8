import { signal } from '@preact/signals';
import { Icon } from './icons.tsx';
import { clearEvents } from './server.ts';
import { VisibleText } from './visible-text.tsx';

/** Why the events are still there; empty where nothing went wrong. */
const failure = signal('');

/** Empties the inbox, for all who look at it. */
export function ClearButton() {
  return (
    <button type="button" class="button" id="clear" onClick={() => void clear()} title="Clear all events">
      <Icon name="trash" />
      <span class="wide-only">Clear</span>
      <span class="narrow-only offscreen">Clear</span>
    </button>
  );
}

/** Says that it did not. */
export function ClearFailure() {
  return (
    // It stands there when it is empty too: what is put in is read out then.
    <div role="alert">
      {failure.value !== '' && (
        <p class="failure">
          <span>
            Not cleared. <VisibleText text={failure.value} />
          </span>
          <button type="button" class="button" onClick={dismiss}>
            Dismiss
          </button>
        </p>
      )}
    </div>
  );
}

async function clear(): Promise<void> {
  failure.value = '';
  try {
    await clearEvents();
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error);
  }
}

function dismiss(): void {
  failure.value = '';
  document.getElementById('clear')?.focus();
}
