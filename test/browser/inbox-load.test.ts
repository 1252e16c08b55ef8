import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { sampleEvent } from '../inbox/sample-events.js';
import { eachInboxPage } from './each-inbox-page.js';
import { mostHeapMb, tellFigures } from './figures.js';
import type { InboxPage } from './inbox-page.js';

/** `npm run test:browser` takes 30. */
const seconds = Number(process.env.INBOX_LOAD_SECONDS ?? 3);
const rate = 200;
const kept = (rate * seconds) / 3;

vi.setConfig({ testTimeout: 30_000 + seconds * 1_000, hookTimeout: 20_000 });

describe('the inbox under load', () => {
  let there: InboxPage;
  eachInboxPage((started) => void (there = started), { maxEvents: kept });

  it(`takes ${rate} events a second for ${seconds} s without a lost row or a growing heap`, async ({ task }) => {
    await there.page.addInitScript(noteStream);
    await there.open();
    let written = 0;
    const writeFor = async (events: number): Promise<void> => {
      for (const end = written + events; written < end; written += rate / 20) {
        there.write(...Array.from({ length: rate / 20 }, () => sampleEvent()));
        await pause(50);
      }
      await there.page.waitForFunction(hasSeen, written);
    };
    await writeFor(kept * 1.5);
    const before = await heapOf(there);
    await writeFor(kept * 1.5);
    const after = await heapOf(there);

    // The store numbers events without gaps while nothing else changes, so the count and both ends tell all.
    const seen = await there.page.evaluate(() => (globalThis as unknown as Seen).seen);
    const rowsLost = written - new Set(seen).size;
    const heap = { heapBeforeMb: before / 1e6, heapAfterMb: after / 1e6 };
    tellFigures(task, { eventsSent: written, rowsLost, ...heap });
    expect(seen).toEqual(Array.from({ length: written }, (_, index) => index + 1));
    await there.shows(kept);
    expect(await there.rows().first().getAttribute('data-key')).toMatch(new RegExp(`\\.${written}$`));
    await there.page.evaluate(() => document.getElementById('events')?.scrollTo(0, 1e9));
    await there.page.locator(`.row[data-key$=".${written - kept + 1}"]`).waitFor();
    expect(heap.heapAfterMb).toBeLessThanOrEqual(mostHeapMb(heap.heapBeforeMb));
    expect(there.complaints).toEqual([]);
  });
});

interface Seen {
  seen: number[];
}

/** Runs in the page: notes the number of every row that the stream brings. */
function noteStream(): void {
  const seen: number[] = [];
  Object.assign(globalThis, { seen });
  const Original = EventSource;
  globalThis.EventSource = class extends Original {
    constructor(url: string | URL) {
      super(url);
      this.addEventListener('message', ({ data }: MessageEvent<string>) => {
        for (const { seq } of (JSON.parse(data) as { rows: { seq: number }[] }).rows) seen.push(seq);
      });
    }
  };
}

function hasSeen(count: number): boolean {
  return (globalThis as unknown as Seen).seen.length >= count;
}

/** Bytes in use when everything that can go has gone. */
async function heapOf({ context, page }: InboxPage): Promise<number> {
  const session = await context.newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize;
}
