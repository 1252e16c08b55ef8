import { Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { AnalyticsModule } from 'nestjs-agent-analytics';
import { aiSdk } from 'nestjs-agent-analytics/ai-sdk';
import { AnalyticsInboxModule } from 'nestjs-agent-analytics/inbox';
import { AgentLibrary } from './agents/agent-library.js';
import { AgentRuns } from './agents/agent-runs.service.js';
import { AgentScheduler } from './agents/agent-scheduler.service.js';
import { AgentTriggers } from './agents/agent-triggers.service.js';
import { WebhookController } from './agents/webhook.controller.js';
import { DemoAuthGuard } from './auth/demo-auth.guard.js';
import { SignInController } from './auth/sign-in.controller.js';
import { ChatController } from './chat/chat.controller.js';
import { Conversations } from './chat/conversations.js';
import { CopilotService } from './chat/copilot.service.js';
import { setting } from './demo-settings.js';
import { ConsoleSink } from './events/console.sink.js';
import { EventsModule } from './events/events.module.js';
import { InboxController } from './events/inbox.controller.js';
import { RecentEvents } from './events/recent-events.sink.js';
import { modelProvider } from './model/model.provider.js';
import { AgentTools } from './tools/agent-tools.js';
import { DocsLibrary } from './tools/docs-library.js';
import { DocsTools } from './tools/docs-tools.js';
import { CopilotTools } from './tools/tool-set.js';

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true }),
    ScheduleModule.forRoot(),
    AnalyticsModule.forRootAsync({
      imports: [EventsModule],
      inject: [ConsoleSink, RecentEvents, ConfigService],
      useFactory: (console: ConsoleSink, recent: RecentEvents, config: ConfigService) => ({
        sinks: [console, recent],
        exposeTraceId: true,
        // What the decorators track is not told twice: this adds the generations, with their tokens, and the trace.
        integrations: setting(config, 'DEMO_INTEGRATIONS') === 'none' ? [] : [aiSdk()],
      }),
    }),
    // It shows every event, so in production it would need a guard that says who may look.
    AnalyticsInboxModule.forRoot({ enabled: process.env['NODE_ENV'] !== 'production' }),
    EventsModule,
  ],
  controllers: [ChatController, InboxController, SignInController, WebhookController],
  providers: [
    { provide: APP_GUARD, useClass: DemoAuthGuard },
    { provide: APP_PIPE, useClass: StandardSchemaValidationPipe },
    AgentLibrary,
    AgentRuns,
    AgentScheduler,
    AgentTriggers,
    AgentTools,
    Conversations,
    CopilotService,
    CopilotTools,
    DocsLibrary,
    DocsTools,
    modelProvider,
  ],
})
export class AppModule {}
