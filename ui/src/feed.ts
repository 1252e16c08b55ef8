import { signal } from '@preact/signals';
import type { FeedChange } from '../../src/inbox/inbox-api.ts';
import { addPage, applyChange, completePages } from './rows.ts';
import { fetchPage, ServerError } from './server.ts';

/** `refused`: the token is not, or no longer, the server's. */
export type Connection = 'connecting' | 'live' | 'lost' | 'refused';
export const connection = signal<Connection>('connecting');

const FIRST_PAGE = 200;
const PAGE = 1_000;
const LONGEST_WAIT_MS = 4_000;
let waitMs = 250;
/** The id of the last message: where the stream goes on. */
let after: string | undefined;

/** Shows what is there, newest first, and follows what comes, over breaks of the connection and restarts. */
export function startFeed(): void {
  void begin();
}

async function begin(): Promise<void> {
  try {
    const page = await fetchPage(FIRST_PAGE);
    after = `${page.boot}.${page.version}`;
    addPage(page);
    follow();
    let last = page;
    while (last.hasMore) {
      await painted();
      const oldest = last.rows.at(-1);
      if (oldest === undefined) break;
      last = await fetchPage(PAGE, oldest.seq);
      if (last.boot !== page.boot) break;
      addPage(last);
    }
    completePages();
  } catch (error) {
    if (after !== undefined) return completePages();
    retry(error, () => void begin());
  }
}

function follow(): void {
  const stream = new EventSource(`api/stream?after=${after ?? ''}`);
  stream.onmessage = ({ data, lastEventId }: MessageEvent<string>) => {
    connection.value = 'live';
    waitMs = 250;
    applyChange(JSON.parse(data) as FeedChange);
    after = lastEventId;
  };
  // An EventSource goes on by itself, but not after every kind of failure.
  stream.onerror = () => {
    stream.close();
    void checkAccess();
  };
}

/** An EventSource does not say why it failed. */
async function checkAccess(): Promise<void> {
  try {
    await fetchPage(1);
    retry(new ServerError(0), follow);
  } catch (error) {
    retry(error, follow);
  }
}

function retry(error: unknown, again: () => void): void {
  const status = error instanceof ServerError ? error.status : 0;
  connection.value = status === 401 || status === 403 ? 'refused' : 'lost';
  setTimeout(again, waitMs);
  waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
}

function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
