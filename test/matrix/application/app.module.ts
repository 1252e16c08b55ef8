import { Body, Controller, Get, Inject, Injectable, Module, Param, Post } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { AnalyticsModule, POSTHOG_CLIENT, TrackMessage, TrackToolCall } from 'nestjs-agent-analytics';
import { AnalyticsInboxModule } from 'nestjs-agent-analytics/inbox';
import { AnalyticsHealthIndicator } from 'nestjs-agent-analytics/terminus';
import type { PostHog } from 'posthog-node';

@Injectable()
export class AgentTools {
  @TrackToolCall({ properties: ({ result }) => ({ agents: result.length }) })
  async findAgent(query: string) {
    return [{ graphId: 'digest', name: query }];
  }
}

@Controller('chat')
export class ChatController {
  constructor(
    private readonly tools: AgentTools,
    @Inject(POSTHOG_CLIENT) private readonly posthog: PostHog,
  ) {}

  @Post(':sessionId/messages')
  @TrackMessage()
  async send(@Param('sessionId') sessionId: string, @Body() body: { message: string }) {
    this.posthog.capture({ distinctId: 'u1', event: 'plan_upgraded', properties: { plan: 'pro' } });
    return { sessionId, agents: await this.tools.findAgent(body.message) };
  }
}

@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly analytics: AnalyticsHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  check() {
    return this.health.check([() => this.analytics.isHealthy('analytics')]);
  }
}

@Module({
  imports: [
    ConfigModule.forRoot({ ignoreEnvFile: true }),
    TerminusModule.forRoot({ logger: false }),
    AnalyticsModule.forRoot(),
    AnalyticsInboxModule.forRoot(),
  ],
  controllers: [ChatController, HealthController],
  providers: [AgentTools, AnalyticsHealthIndicator],
})
export class AppModule {}
