import type { SpanError } from './openai-agents-spans.js';

/**
 * The error behind a span's: of it only a text is told, its name and message, or its message alone. `undefined` where
 * the text was withheld.
 */
export function toldError(error: SpanError | null, around?: SpanError | null): Error | undefined {
  const texts = [textOf(around), textOf(error), error?.message && `Error: ${error.message}`];
  const told = texts.find((text) => typeof text === 'string' && text.includes(':'));
  const [, name = '', message = ''] = /^([A-Za-z_$][\w$]{0,99}): ([\s\S]*)$/.exec(told ?? '') ?? [];
  return className.test(name) ? named(name, message) : named('Error', told ?? '');
}

/** What tools throw may begin with a word of its own: `Alice: not found`. */
const className = /(?:Error|Exception|Exceeded|TripwireTriggered)$/;

/** Whether a run came to the limit of its turns. */
export function isTurnLimit(error: SpanError | null): boolean {
  return error?.message === 'Max turns exceeded' || textOf(error)?.startsWith('MaxTurnsExceededError') === true;
}

/** What a tool threw; `undefined` where only that it threw is told. */
export function toldToolError(error: SpanError): Error | undefined {
  const text = textOf(error);
  if (text === undefined) return toldError(error);
  return text.startsWith('Tool execution failed.') ? undefined : toldError(error);
}

/** The id of the tool call that a person has refused, by the error of its span. */
export function refusedCall(error: SpanError | null): string | undefined {
  return /^Tool execution for (.+) was manually rejected by user\.$/.exec(textOf(error) ?? '')?.[1];
}

function textOf(error: SpanError | null | undefined): string | undefined {
  const text = error?.data?.error;
  return typeof text === 'string' ? text : undefined;
}

function named(name: string, message: string): Error {
  // The recorder knows aborts and timeouts by these.
  if (name === 'AbortError' || name === 'TimeoutError') return new DOMException(message, name);
  if (name !== 'Error') return Object.assign(new Error(message), { name });
  return clientError(message);
}

/** OpenAI's client names all of its errors `Error`; the class is known by what the message says. */
function clientError(message: string): Error {
  if (message === 'Request was aborted.') return new DOMException(message, 'AbortError');
  const name = clientErrors[message];
  if (name !== undefined) return Object.assign(new Error(message), { name });
  const status = Number(/^([45]\d\d) /.exec(message)?.[1]);
  if (Number.isNaN(status)) return new Error(message);
  const byStatus = statusErrors[status] ?? (status >= 500 ? 'InternalServerError' : 'APIError');
  return Object.assign(new Error(message), { name: byStatus, status });
}

const clientErrors: Readonly<Record<string, string>> = {
  'Connection error.': 'APIConnectionError',
  'Request timed out.': 'APIConnectionTimeoutError',
};

const statusErrors: Readonly<Record<number, string>> = {
  400: 'BadRequestError',
  401: 'AuthenticationError',
  403: 'PermissionDeniedError',
  404: 'NotFoundError',
  409: 'ConflictError',
  422: 'UnprocessableEntityError',
  429: 'RateLimitError',
};
