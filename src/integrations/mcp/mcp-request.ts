/** What the server's authentication has found out about the client: `req.auth`. */
export interface McpAuthInfo {
  readonly clientId?: string;
  readonly scopes?: readonly string[];
  /** What the application itself has put there. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Who calls a tool, as far as the server knows. */
export interface McpCaller {
  readonly toolName: string;
  readonly authInfo: McpAuthInfo | undefined;
  /** The transport's session. */
  readonly sessionId: string | undefined;
  /** A header of the HTTP request, by its name in any case. */
  readonly header: (name: string) => string | undefined;
}

/** What is read of a `tools/call` and of what its handler is given beside it, in either version. */
export interface McpToolRequest {
  readonly name: string;
  readonly arguments: unknown;
  readonly id: string;
  readonly signal: AbortSignal | undefined;
  readonly sessionId: string | undefined;
  /** The trace that the client names. */
  readonly traceId: string | undefined;
  readonly caller: McpCaller;
}

interface Request {
  readonly params?: {
    readonly name?: unknown;
    readonly arguments?: unknown;
    readonly _meta?: { readonly traceparent?: unknown };
  };
}

/** Beside a request, in version 1. */
interface Extra1 {
  readonly requestId?: string | number;
  readonly sessionId?: string;
  readonly signal?: AbortSignal;
  readonly authInfo?: McpAuthInfo;
  readonly requestInfo?: { readonly headers?: HeaderBag };
}

/** Likewise in version 2. */
interface Extra2 {
  readonly sessionId?: string;
  readonly mcpReq?: { readonly id?: string | number; readonly signal?: AbortSignal };
  readonly http?: { readonly authInfo?: McpAuthInfo; readonly req?: { readonly headers?: HeaderBag } };
}

type HeaderBag = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

const LONGEST_NAME = 128;

/** `undefined` where the request names no tool: the server refuses it. */
export function readToolRequest(request: unknown, extra: unknown): McpToolRequest | undefined {
  const { name, arguments: args, _meta } = (request as Request).params ?? {};
  if (typeof name !== 'string') return undefined;
  const { requestId, authInfo, requestInfo, ...one } = (extra ?? {}) as Extra1;
  const { mcpReq, http, sessionId } = (extra ?? {}) as Extra2;
  // The client may ask for what isn't there, by any name.
  const toolName = name.slice(0, LONGEST_NAME);
  const headers = http?.req?.headers ?? requestInfo?.headers;
  return {
    name: toolName,
    arguments: args,
    id: String(mcpReq?.id ?? requestId),
    signal: mcpReq?.signal ?? one.signal,
    sessionId,
    traceId: traceIn(_meta?.traceparent),
    caller: {
      toolName,
      authInfo: http?.authInfo ?? authInfo,
      sessionId,
      header: (header) => headerOf(headers, header),
    },
  };
}

/** The trace id of a W3C `traceparent`. The span in it is the client's own, which nobody may ever have told PostHog. */
function traceIn(traceparent: unknown): string | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const traceId = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}/.exec(traceparent)?.[1];
  return traceId === undefined || /^0+$/.test(traceId) ? undefined : traceId;
}

function headerOf(headers: HeaderBag | undefined, name: string): string | undefined {
  if (headers === undefined) return undefined;
  if (typeof headers.get === 'function') return (headers as Headers).get(name) ?? undefined;
  const value = (headers as Record<string, string | readonly string[] | undefined>)[name.toLowerCase()];
  return typeof value === 'string' ? value : value?.[0];
}
