import { BullModule, getQueueToken, Processor, WorkerHost } from '@nestjs/bullmq';
import { QueueEvents, type Job, type Queue } from 'bullmq';
import { startRedisServer } from '../../support/redis-server.js';
import { handlerName, scopes } from './cells.js';
import { defineEntry, handlersOf, sessionAlone } from './handlers.js';
import { moduleOf, type StartTransport } from './transport.js';

/** BullMQ on a Redis of its own; a queue and a worker for each scope. */
export const byQueue: StartTransport = async (twin, cells) => {
  const redis = await startRedisServer();
  const connection = { host: '127.0.0.1', port: redis.port };
  const processors = scopes.map((scope) => {
    const base = WorkerHost as unknown as new () => object;
    const Handlers = handlersOf({ twin, scope, cells, decorate: twin.run, call: sessionAlone, base });
    const sessionOf = ([job]: readonly unknown[]) => (job as Job<{ session: string }>).data.session;
    defineEntry(twin, Handlers.prototype as object, 'process', sessionOf, ([job]) => (job as Job).name);
    Processor(scope, { concurrency: 20 })(Handlers);
    return Handlers;
  });
  const queues = BullModule.registerQueue(...scopes.map((name) => ({ name })));
  const module = await moduleOf(twin, { imports: [BullModule.forRoot({ connection }), queues], providers: processors });
  const app = module.createNestApplication({ logger: false });
  await app.init();
  const finished = new Map(scopes.map((scope) => [scope as string, new QueueEvents(scope, { connection })]));
  for (const events of finished.values()) await events.waitUntilReady();
  return {
    async call(cell, { session }) {
      const work = twin.watched.of(session);
      // The application's own stop button.
      if (cell.ending === 'aborted') void work.started.then(() => work.controller.abort());
      const job = await app.get<Queue>(getQueueToken(cell.scope)).add(handlerName(cell), { session });
      const result = job.waitUntilFinished(finished.get(cell.scope) as QueueEvents) as Promise<unknown>;
      const answer = await result.then((value) => JSON.stringify(value)).catch((error: unknown) => String(error));
      return `${answer}\n${await work.howEnded()}`;
    },
    async close() {
      for (const events of finished.values()) await events.close();
      await app.close();
      await redis.close();
    },
  };
};
