import {
  Usage,
  withGenerationSpan,
  type Model,
  type ModelRequest,
  type ModelResponse,
  type StreamEvent,
} from '@openai/agents';

type Item = ModelResponse['output'][number];

/** Answers without a key: it finds the order, hands over, refunds, and says so. */
export class ScriptedModel implements Model {
  /** What the SDK's own models do too: in a generation span, analytics finds the model, the answer and its tools. */
  async getResponse({ input }: ModelRequest): Promise<ModelResponse> {
    return withGenerationSpan(async (span) => {
      const output = [next(typeof input === 'string' ? [] : input)];
      const usage = new Usage({ requests: 1, inputTokens: 40, outputTokens: 8, totalTokens: 48 });
      span.spanData.model = 'scripted';
      span.spanData.input = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
      span.spanData.output = output;
      span.spanData.usage = { input_tokens: usage.inputTokens, output_tokens: usage.outputTokens };
      return { output, usage };
    });
  }

  // eslint-disable-next-line require-yield
  async *getStreamedResponse(): AsyncIterable<StreamEvent> {
    throw new Error('This model does not stream.');
  }
}

const plan = ['find_order', 'transfer_to_refunds', 'refund_order'];

/** Each call of the plan is made once; then it has an answer. */
function next(input: readonly { type?: string | undefined }[]): Item {
  const calls = input.filter(({ type }) => type === 'function_call').length;
  const name = plan[calls];
  if (name === undefined) {
    const content = [{ type: 'output_text' as const, text: 'Order 1815 was lost. You get your money back.' }];
    return { type: 'message', role: 'assistant', status: 'completed', content };
  }
  const args = JSON.stringify({ order: '1815' });
  return { type: 'function_call', callId: `call-${calls + 1}`, name, arguments: args, status: 'completed' };
}
