import { Body, Controller, HttpCode, Post, UnauthorizedException } from '@nestjs/common';
import { AnalyticsService } from 'nestjs-agent-analytics';
import { z } from 'zod';
import { Conversations } from '../chat/conversations.js';
import { type DemoUser, userOfToken } from './demo-users.js';

const signInBody = z.object({ token: z.string().max(100), sessionId: z.string().min(1).max(200) });

@Controller('sign-in')
export class SignInController {
  constructor(
    private readonly conversations: Conversations,
    private readonly analytics: AnalyticsService,
  ) {}

  /** Signs in during a conversation: what the anonymous visitor did in it becomes the user's. */
  @Post()
  @HttpCode(200)
  signIn(@Body({ schema: signInBody }) { token, sessionId }: z.infer<typeof signInBody>): DemoUser {
    const user = userOfToken(token);
    if (user === undefined) throw new UnauthorizedException('This token is not known. Try demo-ada or demo-grace.');
    this.conversations.open(sessionId, user.id);
    this.analytics.identify({ userId: user.id, sessionId, set: { name: user.name } });
    return user;
  }
}
