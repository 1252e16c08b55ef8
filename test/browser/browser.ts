import { setTimeout } from 'node:timers/promises';
import sparticuz from '@sparticuz/chromium';
import { chromium, type Browser, type Page } from 'playwright-core';

/** A real Chromium from npm: with its security on, and with processes of its own, which a context may end. */
export async function launchBrowser(): Promise<Browser> {
  const args = sparticuz.args.filter((arg) => !tooLax.some((name) => arg.startsWith(name)));
  for (;;) {
    try {
      return await chromium.launch({ executablePath: await sparticuz.executablePath(), args });
    } catch (error) {
      // On a new machine another test file may be unpacking it at this moment.
      if (!String(error).includes('ETXTBSY')) throw error;
      await setTimeout(200);
    }
  }
}

const tooLax = [
  '--single-process',
  '--disable-web-security',
  '--allow-running-insecure-content',
  '--disable-site-isolation-trials',
  '--disable-features',
];

/** What a page has complained of: errors thrown, errors on the console, refusals by the policy. */
export function collectComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return complaints;
}
