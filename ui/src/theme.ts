import { signal } from '@preact/signals';
import { keep, kept } from './kept.ts';

export type Theme = 'auto' | 'light' | 'dark';
const KEY = 'inbox-theme';
export const theme = signal<Theme>(readTheme());

export function applyTheme(): void {
  if (theme.value === 'auto') document.documentElement.removeAttribute('data-theme');
  else document.documentElement.setAttribute('data-theme', theme.value);
}

export function cycleTheme(): void {
  const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
  theme.value = next[theme.value];
  applyTheme();
  keep(KEY, theme.value);
}

function readTheme(): Theme {
  const chosen = kept(KEY);
  return chosen === 'light' || chosen === 'dark' ? chosen : 'auto';
}
