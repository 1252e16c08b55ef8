import { tool } from '@openai/agents';

const parameters = {
  type: 'object' as const,
  properties: { order: { type: 'string' } },
  required: ['order'],
  additionalProperties: false as const,
};

export const findOrder = tool({
  name: 'find_order',
  description: 'Says where an order is.',
  parameters,
  strict: true,
  execute: () => ({ order: '1815', state: 'lost in the post' }),
});

export const refundOrder = tool({
  name: 'refund_order',
  description: 'Pays an order back.',
  parameters,
  strict: true,
  // The run stops here until a person has decided: copilot_tool_decision tells what, and after how long.
  needsApproval: true,
  execute: () => ({ order: '1815', refunded: true }),
});
