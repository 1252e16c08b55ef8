import { BadGatewayException, Inject, Injectable, Logger } from '@nestjs/common';
import { isStepCount, streamText } from 'ai';
import { AnalyticsService } from 'nestjs-agent-analytics';
import { COPILOT_MODEL, type CopilotModel } from '../model/model.provider.js';
import { CopilotTools } from '../tools/tool-set.js';
import { type AnswerPart, answerPart } from './answer-part.js';
import { type Conversation, Conversations } from './conversations.js';

const MAX_STEPS = 8;
const INSTRUCTIONS =
  'You are the copilot of a platform for AI agents. Use the tools to find, run, schedule and trigger agents, and to ' +
  'answer questions from the documentation. Always find an agent before you run, schedule or trigger it. ' +
  'If a tool answers with an error, say so plainly. Keep answers short.';

/** Answers messages: an AI SDK tool loop over the model that the application has. */
@Injectable()
export class CopilotService {
  private readonly logger = new Logger('Copilot');

  constructor(
    @Inject(COPILOT_MODEL) private readonly copilot: CopilotModel,
    private readonly tools: CopilotTools,
    private readonly conversations: Conversations,
    private readonly analytics: AnalyticsService,
  ) {}

  /** The answer, part by part. When `signal` aborts, the model and the running tools are stopped. */
  async *answer(conversation: Conversation, message: string, signal: AbortSignal): AsyncGenerator<AnswerPart> {
    const question = { role: 'user' as const, content: message };
    const result = streamText({
      model: this.copilot.model,
      instructions: INSTRUCTIONS,
      messages: [...conversation.messages, question],
      tools: this.tools.set,
      stopWhen: isStepCount(MAX_STEPS),
      abortSignal: signal,
      // OpenRouter passes these on to PostHog, so that its own traces carry our person and conversation.
      providerOptions: { openrouter: { ...this.analytics.openRouterTracing(this.copilot.endpoint) } },
      onError: ({ error }) => this.logger.warn(`The model failed: ${String(error)}`),
    });

    for await (const part of result.stream) {
      if (part.type === 'error') throw new BadGatewayException('The model did not answer. Please try again.');
      const shown = answerPart(part);
      if (shown !== undefined) yield shown;
    }
    if (signal.aborted) return;
    this.conversations.add(conversation, question, ...(await result.response).messages);
  }
}
