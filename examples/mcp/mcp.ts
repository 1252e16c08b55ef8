import type { INestApplication } from '@nestjs/common';
import { McpStrategy, StreamableHttpTransport } from '@rekog/mcp-nest';
import { mcp } from 'nestjs-agent-analytics/mcp';

/** Goes to `AnalyticsModule` and to the server: that is all that the tools need to be tracked. */
export const mcpAnalytics = mcp();

export const transport = new StreamableHttpTransport();

const strategy = new McpStrategy({
  name: 'meeting-rooms',
  version: '1.0.0',
  transports: [transport],
  serverMutator: mcpAnalytics.instrument,
});

/** Before the application listens. */
export async function startMcp(app: INestApplication): Promise<void> {
  app.connectMicroservice({ strategy });
  await app.startAllMicroservices();
}
