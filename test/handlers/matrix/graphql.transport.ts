import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Args, GraphQLModule, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { handlerName, scopes, type Cell } from './cells.js';
import { handlersOf, sessionAlone } from './handlers.js';
import { moduleOf, type Person, type StartTransport } from './transport.js';

interface Request {
  headers: Record<string, string>;
  user?: object;
}

class UserOfContext implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { req } = context.getArgs<[unknown, unknown, { req: Request }]>()[2];
    req.user = { id: req.headers['authorization'] };
    return true;
  }
}

const kinds = {
  query: (name: string) => Query(() => String, { name }),
  mutation: (name: string) => Mutation(() => String, { name }),
  subscription: (name: string) => Subscription(() => String, { name, resolve: (text: string) => text }),
};

/** Apollo over HTTP, subscriptions over graphql-ws. */
export const overGraphql =
  (kind: keyof typeof kinds): StartTransport =>
  async (twin, cells) => {
    const declare = (cell: Cell, prototype: object, key: string, descriptor: PropertyDescriptor): void => {
      // As the compiler leaves it on a method that stands in a class's source.
      Reflect.defineMetadata('design:paramtypes', [String], prototype, key);
      kinds[kind](fieldOf(cell))(prototype, key, descriptor);
      Args('conversationId', { type: () => String })(prototype, key, 0);
    };
    const call = (args: readonly unknown[]) => ({ ...sessionAlone(args), chunk: (text: string) => text });
    const resolvers = scopes.map((scope) => {
      const Handlers = handlersOf({ twin, scope, cells, decorate: twin.message, declare, call });
      Resolver()(Handlers);
      UseGuards(UserOfContext)(Handlers);
      return Handlers;
    });
    const graphql = GraphQLModule.forRoot<ApolloDriverConfig>({
      driver: ApolloDriver,
      autoSchemaFile: true,
      includeStacktraceInErrorResponses: false,
      subscriptions: { 'graphql-ws': true },
      context: ({ req, connectionParams }: { req?: Request; connectionParams?: Request['headers'] }) => ({
        req: connectionParams === undefined ? req : { headers: connectionParams },
      }),
    });
    const module = await moduleOf(twin, { imports: [graphql], providers: [...resolvers, Ping] });
    const app = module.createNestApplication({ logger: false });
    await app.listen(0, '127.0.0.1');
    const url = `http://127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}/graphql`;
    const ask = kind === 'subscription' ? subscribe : request;
    return {
      async call(cell, person) {
        const work = twin.watched.of(person.session);
        // The application's own stop button, where nothing of the transport's stops a handler.
        if (kind !== 'subscription' && cell.ending === 'aborted') {
          void work.started.then(() => work.controller.abort());
        }
        const query = `${kind} { ${fieldOf(cell)}(conversationId: "${person.session}") }`;
        return `${await ask(url, cell, person, query)}\n${await work.howEnded()}`;
      },
      close: () => app.close(),
    };
  };

const fieldOf = (cell: Cell): string => `${cell.scope}_${handlerName(cell)}`;

async function request(url: string, _cell: Cell, { user }: Person, query: string): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: user };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  const sent = [...response.headers].filter(([name]) => name !== 'date').map((each) => each.join(': '));
  return [response.status, ...sent, await response.text()].join('\n');
}

/** All that the subscriber hears; where it leaves, up to the second chunk. */
async function subscribe(url: string, { ending }: Cell, { user }: Person, query: string): Promise<string> {
  const connectionParams = { authorization: user };
  const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, connectionParams });
  const heard: string[] = [];
  try {
    for await (const answer of client.iterate({ query })) {
      heard.push(JSON.stringify(answer));
      if (ending === 'aborted' && heard.length === 2) break;
    }
  } catch (error) {
    heard.push(`failed ${JSON.stringify(error)}`);
  }
  await client.dispose();
  return heard.join('\n');
}

/** A schema needs a query. */
@Resolver()
class Ping {
  @Query(() => String)
  ping(): string {
    return 'pong';
  }
}
