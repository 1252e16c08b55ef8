import type { ExecutionContext } from '@nestjs/common';
import type { AnalyticsContextValues } from '../context/context-values.js';
import type { JsonValue } from '../event/analytics-event.js';

export type Transport = 'http' | 'ws' | 'graphql' | 'rpc';

/** What an identity resolver is given. `request` and `client` are the framework's own objects. */
export interface IdentityInput {
  readonly transport: Transport;
  readonly request?: unknown;
  /** The WebSocket client. */
  readonly client?: unknown;
  /** The message of a WebSocket or RPC handler, the arguments of a GraphQL resolver. */
  readonly data?: unknown;
  /** Present once Nest has chosen the handler, that is after guards. */
  readonly executionContext?: ExecutionContext | undefined;
}

/** What an identity resolver answers; what it leaves out is unknown. */
export interface ResolvedIdentity {
  userId?: string | number | bigint | null | undefined;
  sessionId?: string | number | bigint | null | undefined;
  groups?: Readonly<Record<string, string>> | undefined;
  properties?: Readonly<Record<string, JsonValue>> | undefined;
  /** `false`: no consent; nothing of this request is tracked. */
  track?: boolean | undefined;
}

/** Names the person and the conversation of a request. Synchronous; one that throws counts as unknown. */
export type IdentityResolver = (input: IdentityInput) => ResolvedIdentity | undefined;

/** The default: the user that a guard has set, the chat session from route or body. */
export const defaultIdentity: IdentityResolver = (input) => ({
  userId: defaultUser(input),
  sessionId: defaultSession(input),
});

/** The posthog-js tracing headers of a request; none where it refuses to be read. */
export function posthogHeaders(request: unknown): AnalyticsContextValues {
  try {
    const headers = bag(bag(request)?.['headers']);
    const webSessionId = text(headers?.['x-posthog-session-id']);
    const anonymousId = text(headers?.['x-posthog-distinct-id']);
    return { ...(webSessionId && { webSessionId }), ...(anonymousId && { anonymousId }) };
  } catch {
    return {};
  }
}

const ROUTE_KEYS = ['sessionId', 'conversationId', 'chatId', 'threadId'] as const;
const BODY_KEYS = ['conversationId', 'chatId', 'threadId', 'session_id'] as const;

function defaultUser({ transport, request, client }: IdentityInput): string | number | bigint | undefined {
  if (transport === 'rpc') return undefined;
  const carrier = transport === 'ws' ? bag(bag(client)?.['data']) : bag(request);
  // Nest's middleware on Fastify is given node's own request, so that is where it leaves the user.
  const user = bag(carrier?.['user']) ?? bag(bag(carrier?.['raw'])?.['user']);
  return id(user?.['id']) ?? id(user?.['sub']) ?? id(user?.['userId']);
}

function defaultSession({ request, data }: IdentityInput): string | number | bigint | undefined {
  const params = bag(bag(request)?.['params']);
  const body = bag(data) ?? bag(bag(request)?.['body']);
  const fromRoute = firstId(params, ROUTE_KEYS) ?? firstId(body, BODY_KEYS);
  if (fromRoute !== undefined) return fromRoute;
  if (Array.isArray(body?.['messages']) && id(body['id']) !== undefined) return id(body['id']);
  const claimed = id(body?.['sessionId']);
  return claimed !== undefined && claimed !== posthogHeaders(request).webSessionId ? claimed : undefined;
}

function firstId(from: Bag | undefined, keys: readonly string[]): string | number | bigint | undefined {
  if (from === undefined) return undefined;
  for (const key of keys) {
    const found = id(from[key]);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Bag = Record<string, unknown>;

function bag(value: unknown): Bag | undefined {
  return typeof value === 'object' && value !== null ? (value as Bag) : undefined;
}

function id(value: unknown): string | number | bigint | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}
