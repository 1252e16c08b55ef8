import type { EventDetail, EventPage, EventSummary } from '../../../src/inbox/inbox-api.js';
import type { StandaloneInbox } from '../../../src/inbox/standalone/standalone-inbox.js';
import type { ProblemReport } from '../../../src/inbox/problems/problem-api.js';
import { FeedReader } from '../feed-reader.js';

/** Reads a stand-alone inbox as its page does. */
export class InboxClient {
  constructor(private readonly inbox: StandaloneInbox) {}

  /** The rows, newest first. */
  async rows(): Promise<readonly EventSummary[]> {
    return ((await (await this.ask('/api/events')).json()) as EventPage).rows;
  }

  async detail(seq: number): Promise<EventDetail> {
    return (await (await this.ask(`/api/events/${seq}`)).json()) as EventDetail;
  }

  async problems(): Promise<ProblemReport> {
    return (await (await this.ask('/api/problems')).json()) as ProblemReport;
  }

  /** Resolves with the rows when they are as wanted, looking at each change of the stream. */
  async until(isThere: (rows: readonly EventSummary[]) => boolean): Promise<readonly EventSummary[]> {
    const stream = await FeedReader.open(`${this.inbox.host}/__inbox/api/stream`, this.headers);
    try {
      for (;;) {
        await stream.next();
        const rows = await this.rows();
        if (isThere(rows)) return rows;
      }
    } finally {
      stream.close();
    }
  }

  private ask(path: string): Promise<Response> {
    return fetch(`${this.inbox.host}/__inbox${path}`, { headers: this.headers });
  }

  private get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.inbox.token}` };
  }
}
