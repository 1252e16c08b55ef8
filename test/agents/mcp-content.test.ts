import { afterEach, describe, expect, it } from 'vitest';
import type { AnalyticsOptions, CapturedContent } from 'nestjs-agent-analytics';
import { mcpNest } from './mcp-nest-server.js';
import { sdk1InMemory, sdk1OverHttp, server2InMemory, type McpHouse, type McpSetUp } from './mcp-servers.js';
import { TOOL_INPUT } from './script.js';

let house: McpHouse | undefined;
afterEach(async () => {
  await house?.close();
  house = undefined;
});

/** What a server sees of content, each by its marker. Definitions of tools go to clients only. */
const markers = ['ARGUMENT', 'RESULT', 'TOOLERROR', 'TOOLDEFINITION'] as const;

async function seenWith(setUp: McpSetUp, options: AnalyticsOptions): Promise<string[]> {
  house = await setUp.start(options);
  const { call } = await house.visit('ada');
  await call('find_agent', TOOL_INPUT);
  await call('find_agent', { query: [TOOL_INPUT.query] });
  await call('broken_tool');
  await call('refusing_tool');
  await house.events();
  const { everythingSaid } = house;
  return markers.filter((marker) => everythingSaid.includes(`MARKER-${marker}`));
}

describe.each([sdk1InMemory, sdk1OverHttp, server2InMemory, mcpNest].map((setUp) => [setUp.name, setUp] as const))(
  '%s',
  (_, setUp) => {
    it('lets nothing of a call out by default', async () => {
      expect(await seenWith(setUp, {})).toEqual([]);
    });

    it('lets everything out where all is switched on', async () => {
      const seen = await seenWith(setUp, { captureContent: true, captureErrorMessages: true });
      expect(seen).toEqual(['ARGUMENT', 'RESULT', 'TOOLERROR']);
    });

    it.each<[CapturedContent, string[]]>([
      ['toolArguments', ['ARGUMENT']],
      ['prompts', []],
    ])('lets only %s out where only that is switched on', async (kind, expected) => {
      expect(await seenWith(setUp, { captureContent: [kind] })).toEqual(expected);
    });
  },
);
