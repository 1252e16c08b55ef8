import type { Cell, Shape, Transport } from './cells.js';

/** Why a cell of the matrix does not exist, and where its transport says so. */
export interface Absence {
  readonly why: string;
  readonly reference: string;
}

/** `undefined` where the cell exists. The first that applies is told. */
export function absenceOf(cell: Cell): Absence | undefined {
  const rule = rules.find(({ of }) => of(cell));
  return rule && { why: rule.why, reference: rule.reference };
}

interface Rule extends Absence {
  readonly of: (cell: Cell) => boolean;
}

const isOneOf = <T extends string>(...names: T[]) => {
  const known: ReadonlySet<string> = new Set(names);
  return (name: string) => known.has(name);
};
const isHttp = isOneOf<Transport>('express', 'fastify');
const isSocket = isOneOf<Transport>('ws', 'socket.io');
const isGraphql = isOneOf<Transport>('graphql query', 'graphql mutation');
const isRpc = isOneOf<Transport>('rpc request', 'rpc event');
const isCqrs = isOneOf<Transport>('cqrs command', 'cqrs event');
const isPlain = isOneOf<Shape>('value', 'promise');

const rules: readonly Rule[] = [
  {
    of: ({ shape, ending }) => shape === 'value' && ending === 'aborted',
    why: 'nothing interrupts a function that runs to its end',
    reference: 'https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Execution_model#run-to-completion',
  },
  {
    of: ({ transport, shape }) => transport === 'graphql subscription' && shape !== 'generator',
    why: 'a subscription answers with an asynchronous iterator',
    reference: 'https://docs.nestjs.com/graphql/subscriptions',
  },
  {
    of: ({ transport, scope }) => transport === 'graphql subscription' && scope === 'request',
    why: 'resolvers of subscriptions must be singletons',
    reference:
      'https://github.com/nestjs/graphql/blob/master/packages/graphql/lib/services/resolvers-explorer.service.ts',
  },
  {
    of: ({ transport, shape }) =>
      (isSocket(transport) || isRpc(transport) || isGraphql(transport)) && !isPlain(shape) && shape !== 'observable',
    why: 'beside values and promises, answers are Observables; iterables were asked for and are not read',
    reference: 'https://github.com/nestjs/nest/issues/10845',
  },
  {
    of: ({ transport, scope }) => isSocket(transport) && scope === 'request',
    why: 'gateways must be singletons',
    reference: 'https://docs.nestjs.com/fundamentals/injection-scopes',
  },
  {
    of: ({ transport, shape, ending }) => isGraphql(transport) && shape === 'observable' && ending === 'aborted',
    why: 'who leaves does not stop a query: GraphQL.js 16 can’t be told',
    reference: 'https://github.com/graphql/graphql-js/issues/3764',
  },
  {
    of: ({ transport, shape, ending }) => isRpc(transport) && shape === 'observable' && ending === 'aborted',
    why: 'who unsubscribes is forgotten by the client, and the server over TCP is not told',
    reference: 'https://github.com/nestjs/nest/blob/master/packages/microservices/client/client-tcp.ts',
  },
  {
    of: ({ transport, shape }) => transport === 'bullmq' && !isPlain(shape),
    why: 'a job’s result is what its promise comes to, as JSON',
    reference: 'https://docs.bullmq.io/guide/returning-job-data',
  },
  {
    of: ({ transport, shape }) => transport === 'cron' && !isPlain(shape),
    why: 'nobody is given what a cron job returns',
    reference: 'https://docs.nestjs.com/techniques/task-scheduling',
  },
  {
    of: ({ transport, scope }) => transport === 'cron' && scope === 'request',
    why: 'cron jobs are registered on static providers only, with a warning for others',
    reference: 'https://github.com/nestjs/schedule/blob/master/lib/schedule.explorer.ts',
  },
  {
    of: ({ transport, shape }) => transport === 'event-emitter' && !isPlain(shape),
    why: 'listeners return values or promises',
    reference: 'https://docs.nestjs.com/techniques/events',
  },
  {
    of: ({ transport, shape }) => isCqrs(transport) && !isPlain(shape),
    why: 'handlers return values or promises',
    reference: 'https://docs.nestjs.com/recipes/cqrs',
  },
  {
    of: ({ transport, shape }) => transport === 'commander' && shape !== 'promise',
    why: 'a command’s run() is a promise of nothing',
    reference: 'https://nest-commander.jaymcdoniel.dev/en/features/commander/',
  },
  {
    of: ({ transport, scope }) => transport === 'commander' && scope === 'request',
    why: 'commands are static providers: there is one run a process',
    reference: 'https://nest-commander.jaymcdoniel.dev/en/features/commander/',
  },
  {
    of: ({ transport, shape }) => !isHttp(transport) && (shape === 'sse' || shape === 'file'),
    why: 'only an HTTP response carries it',
    reference: 'https://docs.nestjs.com/techniques/streaming-files',
  },
];
