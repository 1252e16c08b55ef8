import { namedError } from '../recorder/named-error.js';
import type { SpanEnd } from '../recorder/recorded-span.js';
import { scopeOf, textIn, type OtelSpan } from './otel-span.js';

const ERROR = 2;
const UNSET = 0;

/** How a span says that it failed; `undefined` where it says nothing of that. */
export function failureOf({ attributes, status, events }: OtelSpan): SpanEnd | undefined {
  const given = textIn(attributes, 'error.type');
  const isFailed = status.code === ERROR || given !== undefined || finishReasonOf(attributes) === 'error';
  if (!isFailed) return undefined;
  const thrown = events.findLast(({ name }) => name === 'exception')?.attributes ?? {};
  // `_OTHER` stands for an unknown class, a number for the status of the answer.
  const type = given !== undefined && !/^(?:_OTHER|\d+)$/.test(given) ? given : textIn(thrown, 'exception.type');
  const message = textIn(thrown, 'exception.message') ?? status.message;
  const httpStatus = statusOf(attributes['http.response.status_code'] ?? given);
  if (type === undefined && message === undefined && httpStatus === undefined) return { outcome: 'error' };
  const name = type === undefined ? 'Error' : isAbort(type) ? 'AbortError' : type;
  return { error: namedError(name, message, httpStatus === undefined ? {} : { statusCode: httpStatus }) };
}

/** Whether a span has ended as if nothing had come back: neither an error nor anything of an answer. */
export function isUnanswered({ attributes, status }: OtelSpan): boolean {
  return status.code === UNSET && !Object.keys(attributes).some((name) => signs.some((sign) => name.startsWith(sign)));
}

/** The AI SDK writes down how long each of its tools took; what it cuts off has nothing of that. */
export function isToolCutOff(span: OtelSpan): boolean {
  const { attributes, status } = span;
  if (scopeOf(span) !== 'gen_ai' || status.code !== UNSET) return false;
  return attributes['gen_ai.execute_tool.duration'] === undefined && attributes['gen_ai.tool.type'] === 'function';
}

/** Why the last answer ended, in the words of whoever wrote the span. */
export function finishReasonOf(attributes: OtelSpan['attributes']): string | undefined {
  const reasons = attributes['gen_ai.response.finish_reasons'];
  const first: unknown = Array.isArray(reasons) ? reasons[0] : reasons;
  if (typeof first === 'string') return first.replace(/^\["?|"?\]$/g, '').split('"')[0];
  return textIn(
    attributes,
    'ai.response.finishReason',
    'gen_ai.completion.0.finish_reason',
    'llm.response.finish_reason',
  );
}

/** Whether a model was about to go on with the tools that it asked for. */
export function asksForTools(reason: string | undefined): boolean {
  return reason !== undefined && /^(?:tool[-_]calls?|tool_use|function_call)$/.test(reason);
}

const signs = [
  'gen_ai.response.',
  'gen_ai.usage.',
  'gen_ai.output.messages',
  'gen_ai.completion',
  'ai.response.',
  'llm.usage.',
];

/** The names under which clients let an abort be known. */
function isAbort(type: string): boolean {
  return type === 'AbortError' || type === 'APIUserAbortError' || type === 'CancelledError';
}

function statusOf(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' ? status : undefined;
}
