import { ClearButton } from './clear-button.tsx';
import { connection, type Connection } from './feed.ts';
import { Icon } from './icons.tsx';
import { isHelpOpen, withKey } from './keyboard.ts';
import { isPaused, pause, resume, waitingCount } from './rows.ts';
import { cycleTheme, theme } from './theme.ts';
import { ViewSwitch } from './view-switch.tsx';

/** The name of the page, whether it is live, and what holds for all of it. */
export function Header() {
  return (
    <header class="header">
      <img src="icon.svg" alt="" width="22" height="22" />
      <h1>Inbox</h1>
      <LiveState />
      <ViewSwitch />
      <div class="spacer" />
      <PauseButton />
      <ClearButton />
      <button
        type="button"
        class="button is-square"
        onClick={cycleTheme}
        aria-label={`Colours: ${theme.value}`}
        title={`Colours: ${theme.value}`}
      >
        <Icon name={{ auto: 'auto', light: 'sun', dark: 'moon' }[theme.value] as 'auto' | 'sun' | 'moon'} />
      </button>
      <button
        type="button"
        class="button is-square help-button"
        onClick={() => (isHelpOpen.value = true)}
        aria-label="Keys"
        title={withKey('Keys', '?')}
      >
        <Icon name="help" />
      </button>
    </header>
  );
}

const connectionTexts: Readonly<Record<Connection, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  lost: 'Reconnecting…',
  refused: 'No access: open the address that the application printed',
};

function LiveState() {
  const state = connection.value === 'live' && isPaused.value ? 'paused' : connection.value;
  return (
    <p class={`live is-${state}`} role="status" data-connection={connection.value}>
      <span class="live-dot" />
      {state === 'paused' ? 'Paused' : connectionTexts[connection.value]}
    </p>
  );
}

function PauseButton() {
  const isOn = isPaused.value;
  return (
    <button
      type="button"
      class="button"
      id="pause"
      aria-pressed={isOn}
      onClick={isOn ? resume : pause}
      title={withKey(isOn ? 'Go on' : 'Pause', 'p')}
    >
      <Icon name={isOn ? 'play' : 'pause'} />
      <span>{isOn ? (waitingCount.value > 0 ? `Show ${waitingCount.value} new` : 'Go on') : 'Pause'}</span>
    </button>
  );
}
