import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import { DemoAuthGuard } from './demo-auth.guard.js';
import { RoomsAgent, type Reply } from './rooms.agent.js';

@Controller('chat')
@UseGuards(DemoAuthGuard)
export class ChatController {
  constructor(private readonly agent: RoomsAgent) {}

  @Post(':sessionId/messages')
  async ask(@Param('sessionId') session: string, @Body() { message }: { message: string }): Promise<Reply> {
    return this.agent.ask(session, message);
  }

  /** The person's answer where the agent has asked for one. */
  @Post(':sessionId/decision')
  async decide(@Param('sessionId') session: string, @Body() { approve }: { approve: boolean }): Promise<Reply> {
    return this.agent.decide(session, approve);
  }
}
