import type { SendOutcome } from './batch-sender.js';
import { retryAfterMs } from './retry.js';

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  /** Read for 2xx only. */
  readonly body: string;
}

/** What an HTTP answer says about the batch; `now` in milliseconds since 1970. */
export function classifyAnswer(answer: HttpAnswer, now: number): SendOutcome {
  const { status } = answer;
  const error = `HTTP ${status}`;
  if (status >= 200 && status < 300) {
    return saysAccepted(answer.body)
      ? { kind: 'accepted' }
      : { kind: 'wrong_endpoint', error: `${error} without PostHog's answer` };
  }
  if (status === 408 || status === 429 || status >= 500) {
    const isBusy = status === 429 || answer.retryAfter !== undefined;
    return { kind: 'retry', error, retryAfterMs: retryAfterMs(answer.retryAfter, now), ...(isBusy && { isBusy }) };
  }
  if (status === 401) return { kind: 'wrong_key', error };
  if (status === 400) return { kind: 'refused', error };
  if (status === 413) return { kind: 'too_large', error };
  return { kind: 'wrong_endpoint', error };
}

/** PostHog says `{"status":"Ok"}`, its older service `{"status":1}`; a proxy's or portal's 200 says something else. */
function saysAccepted(body: string): boolean {
  try {
    const answer = JSON.parse(body) as { status?: unknown } | null;
    return answer?.status === 'Ok' || answer?.status === 1;
  } catch {
    return false;
  }
}
