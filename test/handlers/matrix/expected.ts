import type { AnalyticsEvent } from 'nestjs-agent-analytics';
import type { Cell, Transport } from './cells.js';

const background: ReadonlySet<Transport> = new Set([
  'bullmq',
  'cron',
  'event-emitter',
  'cqrs command',
  'cqrs event',
  'commander',
]);
const http: ReadonlySet<Transport> = new Set(['express', 'fastify']);
const byClient: ReadonlySet<Transport> = new Set([...http, 'ws', 'socket.io', 'graphql subscription']);

/** Whether a cell's handler answers somebody, so that it is tracked as a message. */
export const isMessage = ({ transport }: Cell): boolean => !background.has(transport);

/** The events of one call of a cell's handler, in the order of their ends, a line each. */
export function expectedStory(cell: Cell): string[] {
  const { ending, shape } = cell;
  const aborted = `aborted ${byClient.has(cell.transport) ? 'client_closed' : 'user_stopped'}`;
  // AI SDK tells a failure within an answer that is whole.
  const isToldWithin = shape === 'ui messages' && ending === 'threw';
  const end = { returned: 'success', threw: isToldWithin ? 'success' : 'error RangeError', aborted }[ending];
  const tools =
    shape === 'promise' && ending === 'aborted'
      ? [`copilot_tool_called wait_for ${aborted}`]
      : ['copilot_tool_called look_up success'];
  if (isMessage(cell)) return ['copilot_message_sent', ...tools, `copilot_response_completed ${end}`];
  return [...tools, `copilot_agent_run_${ending === 'returned' ? 'success' : 'failed'} ${end}`];
}

/** What was told of one call, in the same words. */
export function storyOf(events: readonly AnalyticsEvent[]): string[] {
  return events.map(({ event, properties }) => {
    const { tool_name: tool, outcome, error_type: error, abort_reason: reason } = properties;
    return [event, tool, outcome, error, reason].filter((word) => typeof word === 'string').join(' ');
  });
}

/** How many chunks the end of a cell's message shows; `undefined`: not fixed. */
export function expectedChunks({ shape, ending }: Cell): number | null | undefined {
  if (ending !== 'returned' || shape === 'ui messages') return undefined;
  return shape === 'value' || shape === 'promise' ? null : 3;
}

/** Whether a cell's answer reaches its end over HTTP, so that its message shows the status. */
export function hasStatus({ transport, shape, ending }: Cell): boolean {
  if (!http.has(transport) || ending === 'aborted') return false;
  // A stream whose producer fails is cut off.
  return ending === 'returned' || ['value', 'promise', 'observable', 'sse', 'ui messages'].includes(shape);
}
