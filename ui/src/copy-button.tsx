import { useState } from 'preact/hooks';
import { copyText } from './clipboard.ts';
import { Icon } from './icons.tsx';

interface CopyButtonProps {
  readonly name: string;
  readonly text: () => Promise<string>;
  /** Without one it is an icon only. */
  readonly label?: string;
  readonly isQuiet?: boolean;
}

const SHOWN_MS = 1_500;

/** Copies a text, and says whether it did. */
export function CopyButton({ name, text, label, isQuiet = false }: CopyButtonProps) {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready');
  const copy = async (): Promise<void> => {
    const next = await copyText(text()).then(
      () => 'copied' as const,
      () => 'failed' as const,
    );
    setState(next);
    setTimeout(() => setState('ready'), SHOWN_MS);
  };
  const said = { ready: name, copied: 'Copied', failed: 'Not copied' }[state];
  return (
    <button
      type="button"
      class={isQuiet ? 'copy is-quiet' : 'button copy'}
      data-state={state}
      aria-label={said}
      title={said}
      onClick={() => void copy()}
    >
      <Icon name={{ ready: 'copy', copied: 'check', failed: 'bad' }[state] as 'copy' | 'check' | 'bad'} />
      {label !== undefined && <span>{label}</span>}
    </button>
  );
}
