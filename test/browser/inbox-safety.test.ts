import { channel } from 'node:diagnostics_channel';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { eventJson } from '../../src/event/fit-event.js';
import { runCurl } from '../inbox/run-curl.js';
import { sampleEvent } from '../inbox/sample-events.js';
import { eachInboxPage } from './each-inbox-page.js';
import { attack } from './in-page.js';
import type { InboxPage } from './inbox-page.js';

vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

describe('the inbox against hostile events and pages', () => {
  let there: InboxPage;
  eachInboxPage((started) => void (there = started));

  it('runs nothing of hostile events, and is not broken by them', async () => {
    const scripts = [
      '<script>window.pwned = 1</script>',
      '<img src=x onerror="window.pwned = 1">',
      '"><svg onload=window.pwned=1>',
      `javascript:window.pwned=1`,
      '</script><script>window.pwned=1</script>',
    ];
    const texts = [...scripts, '\u202eevil\u2066\u0000\u0007\u001b[31mred\u001b[0m', 'x'.repeat(1_000_000)];
    for (const text of texts) {
      there.write(
        sampleEvent({
          event: text,
          distinctId: text,
          properties: { session_id: text, outcome: text, tool_name: text, [text]: text, nested: { [text]: [text] } },
          groups: { [text]: text },
        }),
      );
    }
    there.write(
      sampleEvent({ properties: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`key_${n}`, n])) }),
    );
    channel('nestjs-agent-analytics:dropped').publish({
      event: scripts[0],
      state: 'dropped',
      reason: scripts[1],
      source: scripts[2],
    });
    await there.open();
    await there.shows(texts.length + 2);
    for (let place = 0; place < texts.length + 2; place++) {
      await there.rows().nth(place).click();
      await there.page.locator('.detail .tabs').waitFor();
      for (const tab of ['Properties', 'Raw', 'What PostHog will do'])
        await there.page.getByRole('tab', { name: tab }).click();
    }
    expect(await there.page.evaluate(() => (globalThis as { pwned?: number }).pwned)).toBeUndefined();
    expect(await there.page.locator('#app script, #app img:not([src="icon.svg"]), #app svg[onload]').count()).toBe(0);
    const bidi = there.rows().filter({ hasText: 'U+202E' });
    expect(await bidi.locator('.cell-event').innerText()).toContain('U+0000');
    expect(await there.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    expect(there.complaints).toEqual([]);
  });

  it('copies a hostile event as a curl that a real shell reads into the same JSON', async () => {
    const text = `'; touch inbox-was-here; echo ' $(id) \`id\` \\ ! "q" \u0000\u001b[31m\r\n\u202e\u2028 </script>`;
    const event = sampleEvent({
      event: text,
      distinctId: text,
      properties: { [text]: [text] },
      groups: { [text]: text },
    });
    there.write(event);
    await there.open();
    await there.rows().first().click();
    await there.page.getByRole('button', { name: 'Copy as curl' }).click();
    await there.page.locator('.copies [data-state=copied]').waitFor();
    const copied = await there.page.evaluate(() => navigator.clipboard.readText());
    expect(copied).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    for (const shell of ['sh', 'bash']) {
      const { body } = runCurl(shell, copied);
      expect(JSON.parse(body)).toEqual({ api_key: 'phc_secret', ...(JSON.parse(eventJson(event)) as object) });
    }
  });

  it('gives nothing to another origin, and lets it change nothing', async () => {
    there.write(sampleEvent({ event: 'secret_event' }));
    await there.open();
    const other = await startOtherOrigin();
    const attacker = await there.context.newPage();
    await attacker.goto(`http://localhost:${(other.address() as AddressInfo).port}/`);
    const stolen = await attacker.evaluate(attack, `${there.inbox.origin}/__inbox`);
    other.close();
    expect(stolen).toEqual({
      fetched: 'refused',
      posted: 'refused',
      streamed: 'refused',
      framed: 'refused',
      scripted: 'refused',
    });
    expect(await there.counts()).toEqual([1, 1]);
  });
});

async function startOtherOrigin(): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>Other</title><body>');
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return server;
}
