import { Controller } from '@nestjs/common';
import type { EventPattern } from '@nestjs/microservices';
import { ClientProxyFactory, MessagePattern, Payload, Transport as RpcTransport } from '@nestjs/microservices';
import { firstValueFrom, toArray } from 'rxjs';
import { freePort } from '../../support/free-port.js';
import { handlerName, scopes, type Cell } from './cells.js';
import { handlersOf } from './handlers.js';
import { moduleOf, type StartTransport } from './transport.js';

/** A microservice over TCP: `MessagePattern` answers, `EventPattern` does not. */
export const overTcp =
  (pattern: typeof MessagePattern | typeof EventPattern): StartTransport =>
  async (twin, cells) => {
    const declare = (cell: Cell, prototype: object, key: string, descriptor: PropertyDescriptor): void => {
      (pattern as (name: string) => MethodDecorator)(`${cell.scope} ${key}`)(prototype, key, descriptor);
      Payload()(prototype, key, 0);
    };
    const controllers = scopes.map((scope) => {
      const call = ([session]: readonly unknown[]) => ({ session: String(session) });
      const Handlers = handlersOf({ twin, scope, cells, decorate: twin.message, declare, call });
      Controller()(Handlers);
      return Handlers;
    });
    const module = await moduleOf(twin, { controllers });
    const options = { host: '127.0.0.1', port: await freePort() };
    const app = module.createNestMicroservice({ transport: RpcTransport.TCP, options, logger: false });
    await app.listen();
    const client = ClientProxyFactory.create({ transport: RpcTransport.TCP, options });
    await client.connect();
    return {
      async call(cell, { session }) {
        const work = twin.watched.of(session);
        // The application's own stop button: nothing of the transport's stops a handler.
        if (cell.ending === 'aborted') void work.started.then(() => work.controller.abort());
        const name = `${cell.scope} ${handlerName(cell)}`;
        const answer = pattern === MessagePattern ? client.send(name, session) : client.emit(name, session);
        const heard = await firstValueFrom(answer.pipe(toArray())).catch((error: unknown) => ({ error }));
        return `${JSON.stringify(heard)}\n${await work.howEnded()}`;
      },
      async close() {
        await client.close();
        await app.close();
      },
    };
  };
