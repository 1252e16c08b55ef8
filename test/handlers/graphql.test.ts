import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { Module, UseGuards, type CanActivate, type ExecutionContext, type INestApplication } from '@nestjs/common';
import { Args, GraphQLModule, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Test } from '@nestjs/testing';
import { AnalyticsModule, TrackMessage, TrackToolCall } from 'nestjs-agent-analytics';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

class UserOfHeader implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { req } =
      context.getArgs<[unknown, unknown, { req: { headers: Record<string, string>; user?: object } }]>()[2];
    req.user = { id: req.headers['authorization'] };
    return true;
  }
}

@Resolver()
@UseGuards(UserOfHeader)
class ChatResolver {
  @Query(() => String)
  @TrackToolCall()
  async find(@Args('conversationId', { type: () => String }) conversationId: string): Promise<string> {
    return found(conversationId);
  }

  @Query(() => String)
  async findPlain(@Args('conversationId', { type: () => String }) conversationId: string): Promise<string> {
    return found(conversationId);
  }

  @Mutation(() => String)
  @TrackMessage({ message: () => 'hello' })
  async ask(@Args('conversationId', { type: () => String }) conversationId: string): Promise<string> {
    return found(conversationId);
  }

  @Mutation(() => String)
  async askPlain(@Args('conversationId', { type: () => String }) conversationId: string): Promise<string> {
    return found(conversationId);
  }
}

async function found(conversationId: string): Promise<string> {
  await Promise.resolve();
  if (conversationId === 'bad') throw new RangeError('no such conversation');
  return `found ${conversationId}`;
}

describe('GraphQL', () => {
  let app: INestApplication;
  let analytics: AnalyticsRecorder;
  let url: string;
  beforeEach(async () => {
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      includeStacktraceInErrorResponses: false,
    });
    @Module({ imports: [AnalyticsModule.forRoot(), graphql], providers: [ChatResolver] })
    class ChatModule {}
    const builder = Test.createTestingModule({ imports: [ChatModule] });
    analytics = recordAnalytics(builder);
    app = (await builder.compile()).createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}/graphql`;
  });
  afterEach(() => app.close());

  /** The answer's text, the field always under the same name. */
  const run = async (kind: 'query' | 'mutation', field: string, conversationId: string, user = 'ada') => {
    const query = `${kind} { field: ${field}(conversationId: "${conversationId}") }`;
    const headers = { 'content-type': 'application/json', authorization: user };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return `${response.status} ${await response.text()}`;
  };
  const told = () =>
    analytics.events().map(({ event, distinctId, properties }) => [event, distinctId, properties.session_id]);

  it('tells a query once, and answers as undecorated', async () => {
    expect(await run('query', 'find', 'c1')).toBe(await run('query', 'findPlain', 'c1'));
    expect(await run('query', 'find', 'c2', 'bob')).toContain('found c2');
    expect(told()).toEqual([
      ['copilot_tool_called', 'ada', 'c1'],
      ['copilot_tool_called', 'bob', 'c2'],
    ]);
  });

  it('tells a mutation once, and answers as undecorated', async () => {
    expect(await run('mutation', 'ask', 'c1')).toBe(await run('mutation', 'askPlain', 'c1'));
    await app.close();
    expect(told()).toEqual([
      ['copilot_message_sent', 'ada', 'c1'],
      ['copilot_response_completed', 'ada', 'c1'],
    ]);
    expect(analytics.last()?.properties).toMatchObject({ outcome: 'success' });
  });

  it('tells apart two fields of one request', async () => {
    const query = 'query { a: find(conversationId: "c1") b: find(conversationId: "c2") }';
    const headers = { 'content-type': 'application/json', authorization: 'ada' };
    await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    expect(told()).toEqual([
      ['copilot_tool_called', 'ada', 'c1'],
      ['copilot_tool_called', 'ada', 'c2'],
    ]);
  });

  it.each(['query', 'mutation'] as const)(
    'answers a %s that fails with the same error, and tells it once',
    async (kind) => {
      const [tracked, plain] = kind === 'query' ? ['find', 'findPlain'] : ['ask', 'askPlain'];
      const strip = (answer: string) => answer.replaceAll(/"column":\d+/g, '');
      expect(strip(await run(kind, tracked, 'bad'))).toBe(strip(await run(kind, plain, 'bad')));
      await app.close();
      expect(analytics.events().filter(({ properties }) => properties.outcome === 'error')).toHaveLength(1);
      expect(analytics.last()?.properties).toMatchObject({ error_type: 'RangeError' });
    },
  );
});
