import type { Page } from 'playwright-core';
import { violations } from './axe.js';

const appearances = [
  { colorScheme: 'light', width: 1280 },
  { colorScheme: 'dark', width: 1280 },
  { colorScheme: 'light', width: 390 },
] as const;

/**
 * What is wrong with a page light, dark and narrow, one line each: what axe-core has against it, and where it is wider
 * than its window. `look` has it looked at in more than its first state.
 */
export async function faultsInEachAppearance(
  page: Page,
  look: (check: (state?: string) => Promise<void>) => Promise<void> = (check) => check(),
): Promise<string[]> {
  const found: string[] = [];
  for (const { colorScheme, width } of appearances) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width, height: 800 });
    await look(async (state = 'page') => {
      const faults = await violations(page);
      if (!(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth))) faults.push('too wide');
      found.push(...faults.map((fault) => `${state}, ${colorScheme}, ${width}: ${fault}`));
    });
  }
  return found;
}
