import { Agent } from '@openai/agents';
import { findOrder, refundOrder } from './orders.tools.js';
import { ScriptedModel } from './scripted-model.js';

// With a key the SDK's own model answers.
const model = process.env['OPENAI_API_KEY'] === undefined ? { model: new ScriptedModel() } : {};

const refunds = new Agent({
  name: 'refunds',
  instructions: 'Refund the order.',
  handoffDescription: 'Pays orders back.',
  tools: [refundOrder],
  ...model,
});

/** One for the whole container: whose run it is, the request's context says. */
export const copilot = new Agent({
  name: 'copilot',
  instructions: 'Find the order. Where it is lost, hand over to refunds.',
  tools: [findOrder],
  handoffs: [refunds],
  ...model,
});
