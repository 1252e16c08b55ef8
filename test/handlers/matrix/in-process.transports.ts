import type { INestApplication, Type } from '@nestjs/common';
import { CommandBus, CommandHandler, CqrsModule, EventBus, EventsHandler } from '@nestjs/cqrs';
import { EventEmitter2, EventEmitterModule, OnEvent } from '@nestjs/event-emitter';
import { Cron, ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { handlerName, scopes, type Cell } from './cells.js';
import { defineEntry, handlersOf, sessionAlone, type Twin } from './handlers.js';
import { moduleOf, someTurns, type Running, type StartTransport } from './transport.js';

const nameOf = (cell: Cell): string => `${cell.scope} ${handlerName(cell)}`;

/** Jobs that the test fires: their time is far away. Nobody is given what they return. */
export const byCron: StartTransport = async (twin, cells) => {
  let next = '';
  const declare = (cell: Cell, prototype: object, key: string): void => {
    const entry = defineEntry(
      twin,
      prototype,
      `tick_${key}`,
      () => next,
      () => key,
    );
    Cron('0 0 0 1 1 *', { name: nameOf(cell) })(prototype, `tick_${key}`, entry);
  };
  const jobs = scopes.map((scope) =>
    handlersOf({ twin, scope, cells, decorate: twin.run, declare, call: sessionAlone }),
  );
  const app = await start(twin, ScheduleModule.forRoot(), jobs);
  const registry = app.get(SchedulerRegistry);
  return running(twin, app, async (cell, session) => {
    // It begins within the call, so that the next one may name another session.
    next = session;
    const fired = registry.getCronJob(nameOf(cell)).fireOnTick() as unknown;
    return JSON.stringify(await fired);
  });
};

/** Listeners, in the context of whoever emits. */
export const byEventEmitter: StartTransport = async (twin, cells) => {
  const declare = (cell: Cell, prototype: object, key: string, descriptor: PropertyDescriptor): void => {
    OnEvent(nameOf(cell))(prototype, key, descriptor);
  };
  const call = ([payload]: readonly unknown[]) => payload as { session: string };
  const listeners = scopes.map((scope) => handlersOf({ twin, scope, cells, decorate: twin.run, declare, call }));
  const app = await start(twin, EventEmitterModule.forRoot(), listeners);
  const emitter = app.get(EventEmitter2);
  return running(twin, app, async (cell, session) =>
    JSON.stringify(await twin.within(session, () => emitter.emitAsync(nameOf(cell), { session }))),
  );
};

class Told {
  constructor(readonly session: string) {}
}

/** A class of command or event, and one of its handler, for each cell; in the context of whoever tells them. */
const byCqrs =
  (
    named: 'execute' | 'handle',
    handle: (kind: Type<Told>) => ClassDecorator,
    tell: (app: INestApplication, told: Told) => unknown,
  ): StartTransport =>
  async (twin, cells) => {
    const kinds = new Map<Cell, Type<Told>>();
    const handlers = cells.map((cell) => {
      class Kind extends Told {}
      kinds.set(cell, Kind);
      const call = ([told]: readonly unknown[]) => told as { session: string };
      const Handlers = handlersOf({ twin, scope: cell.scope, cells: [cell], decorate: twin.run, call, named });
      handle(Kind)(Handlers);
      return Handlers;
    });
    const app = await start(twin, CqrsModule.forRoot(), handlers);
    return running(twin, app, async (cell, session) => {
      const Kind = kinds.get(cell) as Type<Told>;
      return JSON.stringify(await twin.within(session, () => tell(app, new Kind(session))));
    });
  };

export const byCommand = byCqrs('execute', CommandHandler, (app, command) => app.get(CommandBus).execute(command));
/** Who publishes an event is told nothing of its handlers. */
export const byEvent = byCqrs('handle', EventsHandler, (app, event) => void app.get(EventBus).publish(event));

type Imported = NonNullable<Parameters<typeof moduleOf>[1]['imports']>[number];

async function start(twin: Twin, imported: Imported, providers: Type[]): Promise<INestApplication> {
  const module = await moduleOf(twin, { imports: [imported], providers });
  const app = module.createNestApplication({ logger: false });
  await app.init();
  return app;
}

function running(twin: Twin, app: INestApplication, tell: (cell: Cell, session: string) => Promise<string>): Running {
  return {
    async call(cell, { session }) {
      const work = twin.watched.of(session);
      // The application's own stop button.
      if (cell.ending === 'aborted') void work.started.then(() => work.controller.abort());
      const answer = await tell(cell, session).catch((error: unknown) => `failed with ${String(error)}`);
      await someTurns();
      return `${answer}\n${await work.howEnded()}`;
    },
    close: () => app.close(),
  };
}
