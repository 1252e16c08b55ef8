import { expect } from 'vitest';

/** What an application adds to what `openRouterTracing()` answers. */
export const ownFields = {
  trace: { trace_name: 'copilot', generation_name: 'answer' },
  metadata: { plan: 'pro' },
};

/** All of it, whole, as one request of ada's has it. */
export const wholeRequest = (model: string): unknown[] => [
  expect.objectContaining({
    model,
    user: 'ada',
    session_id: 'session-ada',
    posthogDistinctId: 'ada',
    posthogProperties: { environment: 'test' },
    ...ownFields,
  }),
];
