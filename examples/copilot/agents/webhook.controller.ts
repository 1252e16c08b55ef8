import { Controller, HttpCode, NotFoundException, Param, Post } from '@nestjs/common';
import type { QueuedRun } from './agent-runs.service.js';
import { AgentTriggers } from './agent-triggers.service.js';

@Controller('webhooks')
export class WebhookController {
  constructor(private readonly triggers: AgentTriggers) {}

  @Post(':id')
  @HttpCode(202)
  receive(@Param('id') id: string): QueuedRun {
    const run = this.triggers.fire(id);
    if (run === undefined) throw new NotFoundException('There is no such webhook.');
    return run;
  }
}
