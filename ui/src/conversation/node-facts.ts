import type { ConversationTotals, TimelineNode } from '../../../src/inbox/conversation/conversation-api.ts';
import { durationText } from '../format.ts';

/** What is known of a node beside its duration, as one text. */
export function nodeFacts(node: Pick<TimelineNode, 'firstMs' | 'inputTokens' | 'outputTokens' | 'costUsd'>): string {
  const facts: string[] = [];
  if (node.firstMs !== null) facts.push(`first ${durationText(node.firstMs)}`);
  const tokens = tokensText(node);
  if (tokens !== '') facts.push(tokens);
  if (node.costUsd !== null) facts.push(costText(node.costUsd));
  return facts.join(' · ');
}

/** In and out; empty where neither is known. */
export function tokensText({
  inputTokens,
  outputTokens,
}: Pick<ConversationTotals, 'inputTokens' | 'outputTokens'>): string {
  if (inputTokens === null && outputTokens === null) return '';
  return `${numberText(inputTokens)} → ${numberText(outputTokens)} tokens`;
}

export function costText(usd: number): string {
  if (usd === 0) return '$0';
  return usd < 0.0001
    ? '< $0.0001'
    : `$${usd
        .toFixed(usd < 0.1 ? 4 : 2)
        .replace(/0+$/, '')
        .replace(/\.$/, '')}`;
}

function numberText(value: number | null): string {
  return value === null ? '?' : value.toLocaleString();
}
