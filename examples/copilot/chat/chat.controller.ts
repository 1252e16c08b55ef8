import { Body, Controller, HttpCode, type MessageEvent, Param, Post, RequestMethod, Sse } from '@nestjs/common';
import { AnalyticsService, TrackMessage } from 'nestjs-agent-analytics';
import type { Observable } from 'rxjs';
import { CurrentUser } from '../auth/current-user.decorator.js';
import type { DemoUser } from '../auth/demo-users.js';
import { answerEvents } from './answer-events.js';
import { type FeedbackBody, feedbackBody, type MessageBody, messageBody } from './chat.requests.js';
import { Conversations } from './conversations.js';
import { CopilotService } from './copilot.service.js';

@Controller('chat')
export class ChatController {
  constructor(
    private readonly copilot: CopilotService,
    private readonly conversations: Conversations,
    private readonly analytics: AnalyticsService,
  ) {}

  /** Streams the answer. Person and session come from the guard and the route, the length from the body. */
  @Sse(':sessionId/messages', { method: RequestMethod.POST })
  @HttpCode(200)
  @TrackMessage()
  send(
    @Param('sessionId') sessionId: string,
    @Body({ schema: messageBody }) { message }: MessageBody,
    @CurrentUser() user: DemoUser | undefined,
  ): Observable<MessageEvent> {
    const conversation = this.conversations.open(sessionId, user?.id);
    return answerEvents((signal) => this.copilot.answer(conversation, message, signal));
  }

  /** Thumbs up or down for one answer, known by the `x-analytics-trace-id` that came with it. */
  @Post(':sessionId/feedback')
  @HttpCode(204)
  feedback(
    @Param('sessionId') sessionId: string,
    @Body({ schema: feedbackBody }) { traceId, rating }: FeedbackBody,
  ): void {
    this.analytics.trackFeedback({ sessionId, traceId, rating });
  }
}
