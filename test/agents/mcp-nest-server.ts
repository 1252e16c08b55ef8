import {
  Controller,
  Inject,
  Injectable,
  Module,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type LoggerService,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, Payload } from '@nestjs/microservices';
import {
  McpController,
  McpHttpControllerFor,
  McpStrategy,
  StreamableHttpTransport,
  Tool,
  type McpContext,
} from '@rekog/mcp-nest';
import { AnalyticsModule, AnalyticsService, TrackToolCall, type AnalyticsOptions } from 'nestjs-agent-analytics';
import { mcp, type McpOptions } from 'nestjs-agent-analytics/mcp';
import { startPostHogServer } from '../support/posthog-server.js';
import { TOOL_DESCRIPTION as description } from './script.js';
import { findAgentInput, visitOverHttp, type McpHouse, type McpSetUp } from './mcp-servers.js';
import { McpTools, type ToolAnswer, type ToolCallContext } from './mcp-tools.js';

@McpController()
class ToolsController {
  constructor(@Inject(McpTools) private readonly tools: McpTools) {}

  @Tool({ name: 'find_agent', description, parameters: findAgentInput })
  findAgent(@Payload() _input: object, @Ctx() context: McpContext): Promise<ToolAnswer> {
    return this.tools.call('find_agent', contextOf(context));
  }

  @Tool({ name: 'broken_tool', description })
  brokenTool(@Ctx() context: McpContext): Promise<ToolAnswer> {
    return this.tools.call('broken_tool', contextOf(context));
  }

  @Tool({ name: 'refusing_tool', description })
  refusingTool(@Ctx() context: McpContext): Promise<ToolAnswer> {
    return this.tools.call('refusing_tool', contextOf(context));
  }

  @Tool({ name: 'endless_tool', description })
  endlessTool(@Ctx() context: McpContext): Promise<ToolAnswer> {
    return this.tools.call('endless_tool', contextOf(context));
  }

  @Tool({ name: 'summarise', description })
  summarise(@Ctx() context: McpContext): Promise<ToolAnswer> {
    return this.tools.call('summarise', contextOf(context));
  }

  @TrackToolCall()
  @Tool({ name: 'decorated_above', description })
  decoratedAbove(): Promise<object> {
    return Promise.resolve({ found: 1 });
  }

  @Tool({ name: 'decorated_below', description })
  @TrackToolCall()
  decoratedBelow(): Promise<object> {
    return Promise.reject(new RangeError('MARKER-TOOLERROR'));
  }
}

function contextOf(context: McpContext): ToolCallContext {
  // Where mcp-nest keeps what the SDK gives its handlers.
  const { mcpReq } = context.getArgByIndex(4) as { mcpReq: { signal: AbortSignal } };
  return { signal: mcpReq.signal, progress: (progress) => context.reportProgress({ progress, total: 2 }) };
}

@Injectable()
class HeaderGuard implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    const request = execution.switchToHttp().getRequest<{ headers: Record<string, string>; user?: object }>();
    request.user = { id: request.headers['x-user'] };
    return true;
  }
}

export interface McpNestOptions {
  /** Who mounts the route: a controller of the application, whose guards then run, or mcp-nest itself. */
  readonly route?: 'controller' | 'mcp-nest';
  readonly stateless?: boolean;
  readonly identify?: McpOptions['identify'];
  /** `false`: the server is the same, without analytics. */
  readonly instrumented?: boolean;
}

export interface McpNestHouse extends McpHouse {
  readonly url: URL;
}

/** An application of `@rekog/mcp-nest`; its `@Tool` methods have no other decorator, but the last two. */
export async function startMcpNest(
  settings: McpNestOptions = {},
  options: AnalyticsOptions = {},
): Promise<McpNestHouse> {
  const posthog = await startPostHogServer({ apiKey: 'phc_agents' });
  const logged: string[] = [];
  const integration = mcp({ identify: settings.identify });
  const transport = new StreamableHttpTransport({ statefulMode: settings.stateless !== true });
  const strategy = new McpStrategy({
    name: 'house',
    version: '1',
    transports: [transport],
    logging: false,
    ...(settings.instrumented !== false && { serverMutator: integration.instrument }),
  });

  @Module({
    imports: [
      AnalyticsModule.forRoot({ apiKey: 'phc_agents', host: posthog.url, ...options, integrations: [integration] }),
    ],
    controllers: [ToolsController, ...(settings.route === 'mcp-nest' ? [] : [routeOf(transport)])],
    providers: [
      {
        provide: McpTools,
        useFactory: (analytics: AnalyticsService) => new McpTools(() => analytics),
        inject: [AnalyticsService],
      },
    ],
  })
  class HouseModule {}

  const app = await NestFactory.create<INestApplication>(HouseModule, {
    logger: collecting(logged),
    // A session keeps a stream open.
    forceCloseConnections: true,
  });
  strategy.setHttpAdapter(app.getHttpAdapter());
  app.connectMicroservice({ strategy });
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  const url = new URL('/mcp', await app.getUrl());
  const analytics = app.get(AnalyticsService);
  return {
    url,
    visit: (user) => visitOverHttp(url, user, app.get(McpTools)),
    async events() {
      await analytics.flush();
      return [...posthog.events];
    },
    get everythingSaid() {
      return JSON.stringify(posthog.requests.map(({ json }) => json)) + logged.join('\n');
    },
    async close() {
      await app.close();
      await posthog.close();
    },
  };
}

function routeOf(transport: StreamableHttpTransport): Type {
  @Controller('mcp')
  @UseGuards(HeaderGuard)
  class RouteController extends McpHttpControllerFor(transport) {}
  return RouteController;
}

export const mcpNest: McpSetUp = {
  name: '@rekog/mcp-nest 2.x over HTTP',
  start: (options) => startMcpNest({}, options),
  differences: {
    'a tool that throws': {
      because:
        'Nest’s exception filter makes a text of the error before the server sees it (rekog-labs/MCP-Nest, mcp.strategy.ts)',
      story: `
tool_called broken_tool 1 error ToolError
tool broken_tool 1 error ToolError`,
    },
    'calls at once': {
      because: 'likewise',
      story: `
tool_called broken_tool 2 error ToolError
tool_called find_agent 1 success
tool_called find_agent 3 success
tool broken_tool 2 error ToolError
tool find_agent 1 success
tool find_agent 3 success`,
    },
  },
};

/** Nest itself logs what a tool throws, which is no doing of ours. */
function collecting(logged: string[]): LoggerService {
  const log = (...args: unknown[]) => {
    if (!args.includes('RpcExceptionsHandler')) logged.push(args.map(String).join(' '));
  };
  return { log, error: log, warn: log, debug: log, verbose: log };
}
