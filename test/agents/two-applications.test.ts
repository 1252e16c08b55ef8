import { Injectable } from '@nestjs/common';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { TrackMessage } from 'nestjs-agent-analytics';
import { mcp } from 'nestjs-agent-analytics/mcp';
import { afterEach, describe, expect, it } from 'vitest';
import { AgentApp } from './agent-app.js';
import type { AgentFramework } from './framework.js';
import { frameworks } from './frameworks.js';
import { PROMPT } from './script.js';
import { scenarios } from './scenarios.js';
import { storyOf } from './story.js';

const apps: AgentApp[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

@Injectable()
class Copilot {
  @TrackMessage({ message: () => PROMPT })
  async answer(work: () => Promise<unknown>): Promise<void> {
    await work();
  }
}

async function started(integrations: ReturnType<AgentFramework['integrations']>): Promise<AgentApp> {
  const app = await AgentApp.start({ integrations }, [Copilot]);
  apps.push(app);
  return app;
}

/** The work as a message to this application. */
const answer = (app: AgentApp, user: string, work: () => Promise<unknown>) => {
  return app.as(user, () => app.get(Copilot).answer(work));
};

describe('Two applications of one process', () => {
  it.each(frameworks.map((framework) => [framework.name, framework] as const))(
    'are each told of their own calls of %s only',
    async (_, framework) => {
      const [first, second] = [await started(framework.integrations()), await started(framework.integrations())];
      const ask = () => framework.ask(scenarios['parallel tools in a stream']);
      await Promise.all([answer(first, 'ada', ask), answer(second, 'bob', ask)]);
      for (const [app, user] of [[first, 'ada'] as const, [second, 'bob'] as const]) {
        const events = await app.events();
        expect(new Set(events.map(({ distinct_id }) => distinct_id))).toEqual(new Set([user]));
        expect(storyOf(events).match(/^agent_run_success|^tool_called|generation /gm)).toHaveLength(6);
        expect(app.everythingSaid).not.toContain('NAA604');
      }
    },
  );

  it('are each told of the calls of their own embeddings', async () => {
    const [framework] = frameworks as [AgentFramework];
    const [first, second] = [await started(framework.integrations()), await started(framework.integrations())];
    await answer(first, 'ada', async () => framework.embed?.());
    expect(storyOf(await first.events())).toContain('embedding');
    expect(await second.events()).toEqual([]);
  });

  it('share an MCP server, whose calls each tells that they belong to', async () => {
    const integration = mcp();
    const [first, second] = [await started([integration]), await started([integration])];
    const server = new McpServer({ name: 'house', version: '1' });
    server.registerTool('find_agent', {}, () => ({ content: [] }));
    integration.instrument(server);
    const { _requestHandlers: handlers } = server.server as unknown as { _requestHandlers: Map<string, Handler> };
    const call = async () => handlers.get('tools/call')?.({ method: 'tools/call', params: { name: 'find_agent' } }, {});
    await answer(first, 'ada', call);
    expect(storyOf(await first.events())).toContain('tool_called find_agent');
    expect(await second.events()).toEqual([]);
  });
});

type Handler = (request: object, extra: object) => Promise<unknown>;
