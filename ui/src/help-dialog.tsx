import { useEffect, useRef } from 'preact/hooks';
import { areSingleKeysOn, isHelpOpen, keysInUse, switchSingleKeys } from './keyboard.ts';

export function HelpDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  const closing = useRef<HTMLButtonElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (!isOpen) return dialog.current?.close();
    dialog.current?.showModal();
    closing.current?.focus();
  }, [isOpen]);
  return (
    // By Esc it is cancelled at once and tells later that it is closed.
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onCancel={hide} onClose={hide}>
      <h2 id="help-title">Keys</h2>
      <dl>
        {keysInUse().map(([key, does]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="help-switch">
        <input
          type="checkbox"
          id="single-keys"
          checked={areSingleKeysOn.value}
          onChange={(event) => switchSingleKeys(event.currentTarget.checked)}
        />
        <span>Keys of a single character: j, k, /, p, 1, 2, 3, ?</span>
      </label>
      <button ref={closing} type="button" class="button" onClick={hide}>
        Close
      </button>
    </dialog>
  );
}

function hide(): void {
  isHelpOpen.value = false;
}
