import { Body, Controller, Param, Post, UseGuards } from '@nestjs/common';
import { generateText, isStepCount, tool } from 'ai';
import { TrackMessage } from 'nestjs-agent-analytics';
import { z } from 'zod';
import { DemoAuthGuard } from './demo-auth.guard.js';
import { ScriptedModel } from './scripted-model.js';

/** One model for all users. */
const model = new ScriptedModel();

const findRoom = tool({
  description: 'Finds a room with that many seats.',
  inputSchema: z.object({ seats: z.number() }),
  execute: ({ seats }) => (seats > 6 ? 'none is that large' : seats > 2 ? 'Grace' : 'Ada'),
});

@Controller('chat')
@UseGuards(DemoAuthGuard)
export class ChatController {
  @Post(':sessionId/messages')
  @TrackMessage()
  async ask(@Param('sessionId') _session: string, @Body() { message }: { message: string }): Promise<object> {
    const { text } = await generateText({
      model,
      prompt: message,
      tools: { find_room: findRoom },
      stopWhen: isStepCount(5),
      telemetry: { functionId: 'rooms' },
    });
    return { answer: text };
  }
}
