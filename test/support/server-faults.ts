/** What a server can do to a client; see `faults`. */
export type Fault =
  /** Answers without storing anything. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  /** Does what it should, this much later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Does what it should, once this has come. */
  | { readonly kind: 'held'; readonly until: Promise<unknown> }
  /** Resets the connection before anything is stored. */
  | { readonly kind: 'reset' }
  /** Stores the events, then cuts the connection. */
  | { readonly kind: 'cut-before-answer' }
  /** Stores the events and sends half of the answer. */
  | { readonly kind: 'half-answer' };

/** What a fault can be decided by. */
export interface FaultTarget {
  readonly path: string;
  /** How many requests came before this one. */
  readonly index: number;
  /** The names of the events in the request. */
  readonly events: readonly string[];
}

const answer = (status: number, headers: Readonly<Record<string, string>> = {}, body = ''): Fault => ({
  kind: 'answer',
  status,
  headers,
  body,
});

/** The faults that a test can name. */
export const faults = {
  status: answer,
  hang: { kind: 'hang' },
  slow: (ms: number): Fault => ({ kind: 'slow', ms }),
  held: (until: Promise<unknown>): Fault => ({ kind: 'held', until }),
  reset: { kind: 'reset' },
  cutBeforeAnswer: { kind: 'cut-before-answer' },
  halfAnswer: { kind: 'half-answer' },
  /** A captive portal, a proxy's page. */
  html200: answer(200, { 'content-type': 'text/html' }, '<!doctype html><title>Welcome</title>'),
  redirect302: answer(302, { location: 'http://127.0.0.1:9/login' }),
  /** Over quota PostHog answers as ever and stores nothing. */
  overQuota: answer(200, { 'content-type': 'application/json' }, '{"status":"Ok"}'),
} as const satisfies Record<string, Fault | ((...args: never[]) => Fault)>;

/** Decides for a request whether a fault strikes it. */
export type FaultRule = (target: FaultTarget) => Fault | undefined;

/** The faults that wait for requests, oldest first. */
export class FaultList {
  private readonly entries: { readonly rule: FaultRule; times: number }[] = [];

  /** Adds one for the next `times` requests that it fits; the function returned takes it away. */
  add(fault: Fault | FaultRule, times: number): () => void {
    const entry = { rule: typeof fault === 'function' ? fault : () => fault, times };
    this.entries.push(entry);
    return () => {
      const index = this.entries.indexOf(entry);
      if (index >= 0) this.entries.splice(index, 1);
    };
  }

  clear(): void {
    this.entries.length = 0;
  }

  /** The fault that strikes this request, used up by one. */
  next(target: FaultTarget): Fault | undefined {
    for (const entry of this.entries) {
      const fault = entry.times > 0 ? entry.rule(target) : undefined;
      if (!fault) continue;
      entry.times--;
      return fault;
    }
    return undefined;
  }
}
