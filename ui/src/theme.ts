import { signal } from '@preact/signals';

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
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // Storage may be switched off; the choice then lasts for this page.
  }
}

function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'auto';
  } catch {
    return 'auto';
  }
}
