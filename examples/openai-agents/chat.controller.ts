import { Body, Controller, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { CopilotService, type Answer } from './copilot.service.js';
import { DemoAuthGuard } from './demo-auth.guard.js';

/** No decorator tracks anything here: the integration tells message, run, tools, decision and generations. */
@Controller('chat/:sessionId')
@UseGuards(DemoAuthGuard)
export class ChatController {
  constructor(private readonly copilot: CopilotService) {}

  @Post()
  @HttpCode(200)
  async ask(@Param('sessionId') session: string, @Body() { message }: { message: string }): Promise<Answer> {
    return this.copilot.ask(session, message);
  }

  @Post('decision')
  @HttpCode(200)
  async decide(@Param('sessionId') session: string, @Body() { approved }: { approved: boolean }): Promise<Answer> {
    return this.copilot.decide(session, approved);
  }
}
