import type { ServerResponse } from 'node:http';
import type { Refusal } from './inbox-access.js';

/** No script, style or image but the page's own, no frame but the application's, nothing sent elsewhere. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  // no-transform: a compression of the application's would hold the stream back.
  'cache-control': 'no-store, no-transform',
} as const;

/** What the application may have allowed or forbidden for all its answers does not hold here. */
const foreignHeaders = ['access-control-allow-origin', 'access-control-allow-credentials', 'x-frame-options'];

/** Sends a whole answer under the inbox's own headers. */
export function answer(response: ServerResponse, status: number, contentType: string, body: string): void {
  begin(response, status, contentType);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

export function answerJson(response: ServerResponse, body: unknown): void {
  answer(response, 200, 'application/json; charset=utf-8', JSON.stringify(body));
}

export function answerText(response: ServerResponse, status: number, text: string): void {
  answer(response, status, 'text/plain; charset=utf-8', text);
}

export function notFound(response: ServerResponse): void {
  answerText(response, 404, 'There is nothing here, or no longer.\n');
}

export function refuse(response: ServerResponse, { status, text }: Refusal): void {
  answerText(response, status, `${text}\n`);
}

/** Sends the head of an answer whose body follows. */
export function begin(response: ServerResponse, status: number, contentType: string): void {
  for (const name of foreignHeaders) response.removeHeader(name);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.setHeader('content-type', contentType);
  response.statusCode = status;
  response.flushHeaders();
}
