import type { IngestedEvent } from '../support/posthog-server.js';

type Properties = Record<string, unknown>;

/**
 * Events as a text that a person can write by hand: the product events first, then the tree of each trace, children
 * beneath their parents. Neighbours stand in alphabetical order, because a millisecond holds many begins.
 */
export function storyOf(events: readonly IngestedEvent[]): string {
  const product = events.filter(({ event }) => event.startsWith('copilot_')).map(productLine);
  return [...product.sort(byRank), ...treeLines(events)].join('\n');
}

const ranks = ['message_sent', 'tool_called', 'tool_decision', 'agent_', 'trigger_setup', 'response_completed'];

function byRank(a: string, b: string): number {
  const rank = (line: string) => ranks.findIndex((word) => line.startsWith(word));
  return rank(a) - rank(b) || a.localeCompare(b);
}

function productLine({ event, properties: p }: IngestedEvent): string {
  const name = event.replace('copilot_', '');
  const totals = `tools ${text(p['tool_calls'])}/${text(p['tool_errors'])}`;
  switch (name) {
    case 'message_sent':
      return words(name, p['message_length']);
    case 'tool_called':
      return words(name, p['tool_name'], p['tool_call_id'], endOf(p));
    case 'tool_decision':
      return words(
        name,
        p['tool_name'],
        p['tool_call_id'],
        p['decision'],
        typeof p['wait_ms'] === 'number' && 'waited',
      );
    case 'response_completed':
      return words(name, endOf(p), totals);
    case 'agent_run_success':
    case 'agent_run_failed': {
      const tokens = `${text(p['input_tokens'])}/${text(p['output_tokens'])}`;
      const spent = `generations ${text(p['generations'])} tokens ${tokens} cost ${text(p['cost_usd'])} ${text(p['model'])}`;
      return words(name, p['graph_name'], endOf(p), totals, spent);
    }
    default:
      return words(name, endOf(p), p['schedule_id']);
  }
}

/** Throws where the tree is not whole. */
function treeLines(events: readonly IngestedEvent[]): string[] {
  const nodes = events.filter(({ event }) => /^\$ai_(trace|span|generation|embedding)$/.test(event));
  const ids = new Set(nodes.map(({ properties }) => properties['$ai_span_id']));
  if (ids.size !== nodes.length) throw new Error('two nodes of the trees have the same id');
  const lines: string[] = [];
  const put = (parent: unknown, depth: number): void => {
    for (const node of childrenOf(nodes, parent)) {
      lines.push('  '.repeat(depth) + nodeLine(node));
      put(node.properties['$ai_span_id'], depth + 1);
    }
  };
  put(undefined, 0);
  if (lines.length !== nodes.length)
    throw new Error(`of ${nodes.length} nodes, ${nodes.length - lines.length} hang on no tree`);
  return lines;
}

function childrenOf(nodes: readonly IngestedEvent[], parent: unknown): IngestedEvent[] {
  const children = nodes.filter(({ properties }) => properties['$ai_parent_id'] === parent);
  return children.sort((a, b) => nodeLine(a).localeCompare(nodeLine(b)));
}

function nodeLine({ event, properties: p }: IngestedEvent): string {
  if (event === '$ai_trace') return words('trace', p['$ai_span_name'], endOf(p));
  if (event === '$ai_span') return words(p['$ai_span_type'], p['$ai_span_name'], p['$ai_tool_call_id'], endOf(p));
  const cached =
    p['$ai_cache_read_input_tokens'] === undefined ? '' : `(${text(p['$ai_cache_read_input_tokens'])} cached)`;
  const output = p['$ai_output_tokens'] === undefined ? '' : `/${text(p['$ai_output_tokens'])}`;
  const tokens = p['$ai_input_tokens'] === undefined ? '' : `${text(p['$ai_input_tokens'])}${cached}${output}`;
  return words(
    event.replace('$ai_', ''),
    p['$ai_model'],
    tokens,
    p['$ai_stop_reason'],
    p['$ai_tools_called'] !== undefined && `asks ${text(p['$ai_tools_called'])}`,
    p['outcome'] !== 'success' && endOf(p),
    p['retries'] !== undefined && `after ${text(p['retries'])} failed`,
  );
}

function endOf(p: Properties): string {
  return words(
    p['outcome'],
    p['abort_reason'],
    p['error_type'],
    p['$ai_http_status'] !== undefined && text(p['$ai_http_status']),
  );
}

function words(...parts: unknown[]): string {
  return parts
    .filter((part) => part !== undefined && part !== null && part !== false && part !== '')
    .map(text)
    .join(' ');
}

function text(value: unknown): string {
  return String(value);
}
