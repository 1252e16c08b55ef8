import { builtInEvents, type BuiltInEvent } from '../event/built-in-events.js';
import type { NodeKind } from './conversation/conversation-api.js';

const withAnyPrefix = new RegExp(`(?:^|_)(${Object.keys(builtInEvents).join('|')})$`);

/** Which of the library's own events this is, whatever its prefix; `undefined` where it is none. */
export function builtInName(event: string): BuiltInEvent | undefined {
  return withAnyPrefix.exec(event)?.[1] as BuiltInEvent | undefined;
}

/** What each of them tells of. */
export const builtInKinds: Readonly<Record<BuiltInEvent, NodeKind>> = {
  message_sent: 'message',
  message_blocked: 'message',
  response_completed: 'message',
  response_stopped: 'message',
  tool_called: 'tool',
  agent_run_started: 'run',
  agent_run_success: 'run',
  agent_run_failed: 'run',
  agent_scheduled: 'setup',
  agent_schedule_failed: 'setup',
  trigger_setup: 'setup',
  trigger_setup_failed: 'setup',
  schedule_fired: 'fired',
  trigger_fired: 'fired',
  tool_decision: 'decision',
  feedback_given: 'feedback',
};
