import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { AnalyticsInbox } from 'nestjs-agent-analytics/inbox';
import { LoopbackGuard } from './loopback.guard.js';

@Controller('demo/inbox')
@UseGuards(LoopbackGuard)
export class InboxController {
  constructor(private readonly inbox: AnalyticsInbox) {}

  /** Where the page finds the inbox for its right half, token included; for this machine only. */
  @Get()
  @Header('cache-control', 'no-store')
  address(): { readonly path: string | null } {
    return { path: this.inbox.pathWithToken };
  }
}
