import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { INestApplication } from '@nestjs/common';
import type { AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppModule } from '../../examples/mcp/app.module.js';
import { startMcp } from '../../examples/mcp/mcp.js';
import { ExampleApp } from './example-app.js';

describe('examples/mcp', () => {
  let app: INestApplication;
  let analytics: AnalyticsRecorder;
  let client: Client;

  beforeAll(async () => {
    ({ app, analytics } = await ExampleApp.start(AppModule, startMcp));
    client = new Client({ name: 'agent', version: '1' });
    const headers = { authorization: 'Bearer demo-ada' };
    const transport = new StreamableHTTPClientTransport(new URL('/mcp', await app.getUrl()), {
      requestInit: { headers },
    });
    await client.connect(transport);
  });
  afterAll(async () => {
    await client.close();
    await app.close();
  });
  beforeEach(() => analytics.clear());

  it('tells a call of a tool, with its user, as one event and one span', async () => {
    const found = await client.callTool({ name: 'find_room', arguments: { seats: 6 } });
    expect(found).toMatchObject({ content: [{ text: '{"rooms":["Grace","Hedy"]}' }] });
    const events = analytics.events();
    expect(events.map(({ event, distinctId }) => `${event} ${distinctId}`).sort()).toEqual([
      '$ai_span ada',
      'copilot_tool_called ada',
    ]);
    expect(analytics.last('copilot_tool_called')?.properties).toMatchObject({
      tool_name: 'find_room',
      tool_call_id: expect.any(String) as string,
      outcome: 'success',
    });
  });

  it.each([
    ['a room that is taken', 'book_room', { room: 'Ada', hour: 9 }, 'ToolError'],
    ['arguments that are not valid', 'find_room', { seats: 'six' }, 'InvalidParams'],
    ['a tool that does not exist', 'paint_room', {}, 'UnknownTool'],
  ])('tells %s as an error', async (_, name, args, type) => {
    if (name === 'book_room') await client.callTool({ name, arguments: args });
    await client.callTool({ name, arguments: args }).catch(() => undefined);
    expect(analytics.last('copilot_tool_called')?.properties).toMatchObject({ outcome: 'error', error_type: type });
  });
});
