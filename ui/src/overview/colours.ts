import { signal } from '@preact/signals';

/** Colours of the style sheet, by the names of their custom properties. */
const names = [
  ...(['text-soft', 'line', 'bg-raised', 'text', 'good', 'bad', 'warn', 'accent', 'text-faint'] as const),
  ...(['chart-1', 'chart-2', 'chart-3', 'chart-4', 'chart-5', 'chart-6'] as const),
] as const;
export type ColourName = (typeof names)[number];
export type Colours = Readonly<Record<ColourName, string>>;

/** As the canvas needs them: a canvas knows no custom properties. */
export const colours = signal<Colours | null>(null);

/** Keeps `colours` to the theme, chosen or the system's, until the function returned is called. */
export function followColours(): () => void {
  const read = (): void => {
    colours.value = readColours();
  };
  read();
  const chosen = new MutationObserver(read);
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const dark = matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', read);
  return () => {
    chosen.disconnect();
    dark.removeEventListener('change', read);
  };
}

/** An element's computed colour is one that a canvas understands. */
function readColours(): Colours {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const read = names.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(read) as Record<ColourName, string>;
}
