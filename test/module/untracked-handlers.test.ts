import { Controller, Get, Inject, Injectable, Module, Scope, UseInterceptors, type Type } from '@nestjs/common';
import { APP_INTERCEPTOR, ModulesContainer, NestFactory } from '@nestjs/core';
import { Query, Resolver, ResolveField } from '@nestjs/graphql';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { AnalyticsInterceptor, AnalyticsModule, TrackMessage, TrackToolCall } from 'nestjs-agent-analytics';
import { recordAnalytics } from 'nestjs-agent-analytics/testing';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { warnOfUntrackedHandlers } from '../../src/module/untracked-handlers.js';
import { Spoken } from '../support/spoken.js';

@Injectable()
class Tools {
  @TrackToolCall()
  find(): string {
    return 'found';
  }
}

@Injectable()
class Clock {}

/** The handlers that are warned of where these classes make up an application. */
async function warnedOf(
  providers: Type[],
  controllers: Type[] = [],
  more: object[] = [],
  ...nestVersion: string[]
): Promise<string[]> {
  @Module({ providers: [Tools, Clock, ...providers, ...(more as Type[])], controllers })
  class AppModule {}
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  const spoken = new Spoken();
  warnOfUntrackedHandlers(app.get(ModulesContainer), spoken, ...nestVersion);
  await app.close();
  return spoken.lines.map(({ code, text }) => `${code} ${text.split(' ')[0]}`);
}

@WebSocketGateway()
class Gateway {
  constructor(@Inject(Tools) readonly tools: Tools) {}
  @SubscribeMessage('ask')
  ask(): string {
    return this.tools.find();
  }
}

describe('handlers that no request reaches, and that are not tracked', () => {
  it('are warned of by name, whatever reaches them and whatever their scope', async () => {
    @Resolver()
    class ChatResolver {
      @Inject(Tools) readonly tools!: Tools;
      @Query(() => String)
      find(): string {
        return this.tools.find();
      }
      @ResolveField(() => String)
      name(): string {
        return 'the operation around it has the context';
      }
    }
    @Controller({ scope: Scope.REQUEST })
    class Worker {
      constructor(@Inject(Tools) readonly tools: Tools) {}
      @MessagePattern('find')
      find(): string {
        return this.tools.find();
      }
      @EventPattern('noted')
      noted(_data: unknown): void {}
      @Get()
      overHttp(): string {
        return this.tools.find();
      }
    }
    expect(await warnedOf([Gateway, ChatResolver], [Worker])).toEqual([
      'NAA115 Gateway.ask',
      'NAA115 ChatResolver.find',
      'NAA115 Worker.find',
      'NAA115 Worker.noted',
    ]);
  });

  it('are not, where they or their class have the interceptor or a decorator, or call nothing that is tracked', async () => {
    @WebSocketGateway()
    class Decorated {
      constructor(@Inject(Tools) readonly tools: Tools) {}
      @SubscribeMessage('ask')
      @TrackMessage()
      ask(): string {
        return this.tools.find();
      }
      @SubscribeMessage('find')
      @UseInterceptors(AnalyticsInterceptor)
      find(): string {
        return this.tools.find();
      }
    }
    @WebSocketGateway()
    @UseInterceptors(AnalyticsInterceptor)
    class Intercepted extends Gateway {}
    @WebSocketGateway()
    class Unrelated {
      constructor(@Inject(Clock) readonly clock: Clock) {}
      @SubscribeMessage('time')
      time(): number {
        return 0;
      }
    }
    expect(await warnedOf([Decorated, Intercepted, Unrelated])).toEqual([]);
  });

  it('are not, where the interceptor stands before all handlers', async () => {
    expect(await warnedOf([Gateway], [], [{ provide: APP_INTERCEPTOR, useClass: AnalyticsInterceptor }])).toEqual([]);
  });

  it('are, where that is so but for gateways, which no global interceptor reaches before Nest 12', async () => {
    @Controller()
    class Worker {
      constructor(@Inject(Tools) readonly tools: Tools) {}
      @MessagePattern('find')
      find(): string {
        return this.tools.find();
      }
    }
    const everywhere = [{ provide: APP_INTERCEPTOR, useClass: AnalyticsInterceptor }];
    expect(await warnedOf([Gateway], [Worker], everywhere, '10.4.22')).toEqual(['NAA115 Gateway.ask']);
    expect(await warnedOf([Gateway], [Worker], everywhere, '11.2.10')).toEqual(['NAA115 Gateway.ask']);
    expect(await warnedOf([Gateway], [Worker], everywhere, '12.0.1')).toEqual([]);
  });

  it('are warned of at the bootstrap, once analytics is on', async () => {
    const said: string[] = [];
    const warn = (message: unknown) => void said.push(String(message));
    const quiet = () => undefined;
    const logger = { log: quiet, error: quiet, debug: quiet, warn };
    for (const isOn of [true, false]) {
      const builder = Test.createTestingModule({ imports: [AnalyticsModule.forRoot()], providers: [Tools, Gateway] });
      if (isOn) recordAnalytics(builder);
      const app = (await builder.compile()).createNestApplication({ logger });
      // Of the gateway's own transport there is none here.
      app.get(AnalyticsModule).onModuleInit();
      expect(said.filter((text) => text.includes('Gateway.ask'))).toHaveLength(1);
    }
  });

  it('are found where what they inject is a value, and by a proxy that refuses to be looked at the bootstrap is not stopped', async () => {
    @WebSocketGateway()
    class Injecting {
      @Inject('VALUE') readonly tools!: Tools;
      @Inject('REFUSING') readonly refusing!: object;
      @SubscribeMessage('ask')
      ask(): string {
        return this.tools.find();
      }
    }
    const refuse = (): never => {
      throw new Error('not to be looked at');
    };
    const refusing = new Proxy({}, { getPrototypeOf: refuse });
    const more = [
      { provide: 'VALUE', useValue: new Tools() },
      { provide: 'REFUSING', useFactory: () => refusing, inject: [] },
    ];
    expect(await warnedOf([Injecting], [], more)).toEqual(['NAA115 Injecting.ask']);
  });
});
