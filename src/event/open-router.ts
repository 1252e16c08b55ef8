import { hashId, longestClaimedId, readSessionId, readUserId } from './distinct-id.js';

/** What to add to a chat completion's request so that OpenRouter and its PostHog broadcast know whose it is. */
export interface OpenRouterTracingFields {
  user?: string;
  session_id?: string;
  posthogDistinctId?: string;
  posthogProperties?: { environment: string };
}

/**
 * The request fields by which OpenRouter attributes a completion; `{}` for any other provider, which would answer
 * 400 to them. Without `provider` and `baseURL` OpenRouter is assumed.
 *
 * `user` and `session_id` hold at most 128 characters: a longer id becomes a stable hash, since a cut one could
 * merge two users. Without a user, `user` and `posthogDistinctId` are left out.
 */
export function openRouterTracingFields(call: {
  userId?: string | number | bigint | null | undefined;
  sessionId?: string | number | bigint | null | undefined;
  environment: string;
  provider?: string | undefined;
  baseURL?: string | undefined;
}): OpenRouterTracingFields {
  if (!isOpenRouter(call.provider, call.baseURL)) return {};
  const fields: OpenRouterTracingFields = {};
  const { id } = readUserId(call.userId);
  if (id !== undefined) {
    fields.user = shorten(id);
    fields.posthogDistinctId = id;
  }
  const sessionId = readSessionId(call.sessionId);
  if (sessionId !== null) fields.session_id = shorten(sessionId);
  fields.posthogProperties = { environment: call.environment };
  return fields;
}

/** `provider` may be a model's: the AI SDK calls OpenRouter's `openrouter.chat`. */
function isOpenRouter(provider: string | undefined, baseURL: string | undefined): boolean {
  if (provider !== undefined && !/^openrouter\b/i.test(provider)) return false;
  if (baseURL === undefined) return true;
  const host = URL.canParse(baseURL) ? new URL(baseURL).hostname : '';
  return host === 'openrouter.ai' || host.endsWith('.openrouter.ai');
}

/** Counted in UTF-16 units, the strictest reading of a limit in characters. */
function shorten(id: string): string {
  return id.length > longestClaimedId ? hashId(id) : id;
}
