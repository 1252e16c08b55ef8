import { absenceOf } from './absent-cells.js';

/** How a handler is reached. */
export const transports = [
  'express',
  'fastify',
  'ws',
  'socket.io',
  'graphql query',
  'graphql mutation',
  'graphql subscription',
  'rpc request',
  'rpc event',
  'bullmq',
  'cron',
  'event-emitter',
  'cqrs command',
  'cqrs event',
  'commander',
] as const;

/** What a handler returns, or does instead. `piped` and `ui messages` write to the response by themselves. */
const shapes = [
  'value',
  'promise',
  'generator',
  'observable',
  'readable',
  'web stream',
  'web response',
  'file',
  'sse',
  'piped',
  'ui messages',
] as const;

const endings = ['returned', 'threw', 'aborted'] as const;
export const scopes = ['singleton', 'request', 'transient'] as const;

export type Transport = (typeof transports)[number];
export type Shape = (typeof shapes)[number];
export type Ending = (typeof endings)[number];
export type HandlerScope = (typeof scopes)[number];

export interface Cell {
  readonly transport: Transport;
  readonly shape: Shape;
  readonly ending: Ending;
  readonly scope: HandlerScope;
}

/** All cells of the matrix, those that do not exist among them. */
export const product: readonly Cell[] = transports.flatMap((transport) =>
  shapes.flatMap((shape) => endings.flatMap((ending) => scopes.map((scope) => ({ transport, shape, ending, scope })))),
);

export const cells: readonly Cell[] = product.filter((cell) => absenceOf(cell) === undefined);

/** The name of a cell within its transport. */
export function cellName({ shape, ending, scope }: Cell): string {
  return `${shape}, ${ending}, ${scope}`;
}

/** The name of the method that is a cell's handler, the same in all scopes. */
export function handlerName({ shape, ending }: Pick<Cell, 'shape' | 'ending'>): string {
  return `${shape.replaceAll(' ', '_')}_${ending}`;
}
