import type { Conversation } from '../../src/inbox/conversation/conversation-api.ts';
import type { CopyFormat, EventDetail, EventPage, SearchAnswer } from '../../src/inbox/inbox-api.ts';
import type { ProblemReport } from '../../src/inbox/problems/problem-api.ts';

/** The server did not give what was asked for, and why, in words; `status` is 0 where it could not be reached. */
export class ServerError extends Error {
  constructor(
    readonly status: number,
    said = '',
  ) {
    super(said || (status === 0 ? "The server can't be reached." : `The server answered ${status}.`));
  }
}

export function fetchPage(limit: number, before?: number): Promise<EventPage> {
  return getJson(`api/events?limit=${limit}${before === undefined ? '' : `&before=${before}`}`);
}

export function fetchDetail(seq: number, signal: AbortSignal): Promise<EventDetail> {
  return getJson(`api/events/${seq}`, signal);
}

export function searchText(text: string, after: number, signal: AbortSignal): Promise<SearchAnswer> {
  return getJson(`api/search?after=${after}&text=${encodeURIComponent(text)}`, signal);
}

export function fetchTimeline(session: string, signal: AbortSignal): Promise<Conversation> {
  return getJson(`api/conversations/${encodeURIComponent(session)}/timeline`, signal);
}

/** The conversation as a test. */
export async function fetchSessionTest(session: string): Promise<string> {
  return (await request(`api/conversations/${encodeURIComponent(session)}/test`)).text();
}

export function fetchProblems(): Promise<ProblemReport> {
  return getJson('api/problems');
}

export async function fetchCopy(seq: number, format: CopyFormat): Promise<string> {
  return (await request(`api/events/${seq}/copy/${format}`)).text();
}

export async function clearEvents(): Promise<void> {
  await request('api/clear', { method: 'POST' });
}

async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await request(path, signal === undefined ? {} : { signal });
  return (await response.json()) as T;
}

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(path, { ...init, cache: 'no-store' }).catch((error: unknown) => {
    if (init.signal?.aborted === true) throw error;
    throw new ServerError(0);
  });
  if (!response.ok) throw new ServerError(response.status, await saidBy(response));
  return response;
}

/** The inbox gives its reasons as plain text; what a proxy answers is a page, and says nothing of the inbox. */
async function saidBy(response: Response): Promise<string> {
  if (response.headers.get('content-type')?.startsWith('text/plain') !== true) return '';
  return (await response.text().catch(() => '')).trim().slice(0, 400);
}
