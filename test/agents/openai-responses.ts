import { ANSWER, PROVIDER_ERROR, TOOL_INPUT, USAGE, type Step } from './script.js';

interface Request {
  readonly model: string;
  readonly stream?: boolean;
  readonly input: string | readonly { readonly type?: string; readonly role?: string }[];
  readonly instructions?: string;
  readonly tools?: unknown;
}

/** A `fetch` for OpenAI's client that answers as the API's `/responses` does, with what the script says. */
export function scriptedResponses(steps: readonly Step[]): typeof fetch {
  let attempts = 0;
  return async (_, init) => {
    const request = JSON.parse(init?.body as string) as Request;
    const step = steps[answersIn(request.input)];
    if (step === undefined) throw new Error('the script is at its end');
    if (step.error === 'fatal') return failure({});
    // The client's own retries are off, the runner's are on.
    if (step.error === 'retryable' && attempts++ === 0) return failure({ 'retry-after-ms': '1' });
    return request.stream === true ? streamed(request, step, init?.signal) : Response.json(responseTo(request, step));
  };
}

/** How often the model has answered in this conversation: the calls of one answer stand beside each other. */
function answersIn(input: Request['input']): number {
  if (typeof input === 'string') return 0;
  const isAnswer = (i: number) => input[i]?.role === 'assistant' || input[i]?.type === 'function_call';
  return input.filter((_, i) => isAnswer(i) && !isAnswer(i - 1)).length;
}

function failure(headers: Record<string, string>): Response {
  return Response.json({ error: { message: PROVIDER_ERROR } }, { status: 503, headers });
}

function responseTo({ model, instructions, tools }: Request, { text, calls = [], breaks }: Step) {
  const message = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text, annotations: [] }] };
  const asked = calls.map(({ id, tool }) => ({
    type: 'function_call',
    call_id: id,
    name: tool,
    arguments: JSON.stringify(TOOL_INPUT),
    status: 'completed',
  }));
  return {
    id: 'resp_1',
    object: 'response',
    status: breaks === true ? 'failed' : 'completed',
    ...(breaks === true && { error: { code: 'server_error', message: PROVIDER_ERROR } }),
    model,
    instructions,
    tools,
    output: text === undefined ? asked : [{ ...message, id: 'msg_1', status: 'completed' }, ...asked],
    usage: {
      input_tokens: USAGE.input,
      input_tokens_details: { cached_tokens: USAGE.cacheRead },
      output_tokens: USAGE.output,
      output_tokens_details: { reasoning_tokens: USAGE.reasoning },
      total_tokens: USAGE.input + USAGE.output,
      // OpenRouter's.
      cost: USAGE.cost,
    },
  };
}

function streamed(request: Request, step: Step, signal: AbortSignal | null | undefined): Response {
  const response = responseTo(request, step);
  const events: object[] = [{ type: 'response.created', response: { ...response, status: 'in_progress', output: [] } }];
  if (step.text !== undefined) {
    events.push({
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta: ANSWER,
    });
  }
  if (step.hangs !== true) events.push({ type: `response.${response.status}`, response });
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    start(controller) {
      for (const event of events) controller.enqueue(encoder.encode(`data: ${JSON.stringify(event)}\n\n`));
      if (step.hangs !== true) controller.close();
      else signal?.addEventListener('abort', () => controller.error(signal.reason), { once: true });
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
