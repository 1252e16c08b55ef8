import { ConfigModule, ConfigService } from '@nestjs/config';
import { Global, Inject, Injectable, Module, type DynamicModule, type ModuleMetadata, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { PostHog } from 'posthog-node';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AnalyticsService } from '../../src/capture/analytics.service.js';
import type { AnalyticsEvent } from '../../src/event/analytics-event.js';
import { AnalyticsModule } from '../../src/module/analytics.module.js';
import type { AnalyticsOptions, AnalyticsOptionsFactory } from '../../src/module/analytics.options.js';
import { POSTHOG_CLIENT } from '../../src/module/posthog-client.token.js';
import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

let server: PostHogServer;
const running: { close(): Promise<void> }[] = [];
beforeEach(async () => {
  server = await startPostHogServer({ apiKey: 'phc_right' });
});
afterEach(async () => {
  for (const app of running.splice(0)) await app.close();
  await server.close();
});

const appOf = (imports: NonNullable<ModuleMetadata['imports']>, providers: Type[] = []): Type => {
  @Module({ imports, providers })
  class AppModule {}
  return AppModule;
};
const start = async (module: Type | DynamicModule) => {
  const app = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  running.push(app);
  return app;
};
/** What the server gets of one message from an application that these modules make up. */
const sentBy = async (imports: NonNullable<ModuleMetadata['imports']>) => {
  const app = await start(appOf(imports));
  app.get(AnalyticsService).trackUserMessage({ userId: 'ada', sessionId: 's1', messageLength: 3 });
  await app.get(AnalyticsService).flush();
  return server.events.map(({ event, properties }) => [event, properties['source']]);
};

describe('settings through ConfigService', () => {
  const variables = () => ({ POSTHOG_API_KEY: 'phc_right', POSTHOG_HOST: server.url, ANALYTICS_SOURCE: 'configured' });
  const configured = [['copilot_message_sent', 'configured']];

  it('are read from a loader', async () => {
    expect(await sentBy([ConfigModule.forRoot({ load: [variables] }), AnalyticsModule.forRoot()])).toEqual(configured);
  });

  it('are read from a loader that takes its time', async () => {
    const slowly = async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return variables();
    };
    expect(await sentBy([AnalyticsModule.forRoot(), ConfigModule.forRoot({ load: [slowly] })])).toEqual(configured);
  });

  it('are read where the module of ConfigService is global', async () => {
    const config = ConfigModule.forRoot({ isGlobal: true, load: [variables], cache: true });
    expect(await sentBy([config, AnalyticsModule.forRoot()])).toEqual(configured);
  });

  it('are read from the environment where there is no ConfigModule', async () => {
    Object.assign(process.env, variables());
    try {
      expect(await sentBy([AnalyticsModule.forRoot()])).toEqual(configured);
    } finally {
      for (const name of Object.keys(variables())) delete process.env[name];
    }
  });

  it('are read from a ConfigService that a test overrides', async () => {
    const values: Record<string, unknown> = variables();
    const module = await Test.createTestingModule({
      imports: [appOf([ConfigModule.forRoot(), AnalyticsModule.forRoot()])],
    })
      .overrideProvider(ConfigService)
      .useValue({ get: (name: string) => values[name] })
      .compile();
    running.push(module);
    await module.init();
    module.get(AnalyticsService).trackResponseStopped();
    await module.get(AnalyticsService).flush();
    expect(server.events[0]?.properties['source']).toBe('configured');
  });

  it('give way to options in code', async () => {
    const config = ConfigModule.forRoot({ load: [variables] });
    expect(await sentBy([config, AnalyticsModule.forRoot({ source: 'code' })])).toEqual([
      ['copilot_message_sent', 'code'],
    ]);
  });
});

describe('forRootAsync', () => {
  const options = (): AnalyticsOptions => ({ apiKey: 'phc_right', host: server.url, source: 'async' });
  const expected = [['copilot_message_sent', 'async']];

  @Injectable()
  class Secrets {
    read(): Promise<string> {
      return Promise.resolve('phc_right');
    }
  }
  @Global()
  @Module({ providers: [Secrets], exports: [Secrets] })
  class SecretsModule {}

  it('takes a factory with dependencies of other modules', async () => {
    const analytics = AnalyticsModule.forRootAsync({
      imports: [SecretsModule],
      inject: [Secrets],
      useFactory: async (secrets: Secrets) => ({ ...options(), apiKey: await secrets.read() }),
    });
    expect(await sentBy([analytics])).toEqual(expected);
  });

  it('takes a class', async () => {
    @Injectable()
    class Factory implements AnalyticsOptionsFactory {
      createAnalyticsOptions = options;
    }
    expect(await sentBy([AnalyticsModule.forRootAsync({ useClass: Factory })])).toEqual(expected);
  });

  it('takes a provider that exists', async () => {
    @Injectable()
    class Existing implements AnalyticsOptionsFactory {
      createAnalyticsOptions = options;
    }
    @Module({ providers: [Existing], exports: [Existing] })
    class ExistingModule {}
    const analytics = AnalyticsModule.forRootAsync({ imports: [ExistingModule], useExisting: Existing });
    expect(await sentBy([analytics])).toEqual(expected);
  });

  it('says so where it is given none of them', () => {
    expect(() => AnalyticsModule.forRootAsync({})).toThrow('NAA007');
  });

  it.each([undefined, null, 'phc_right'])('stops the bootstrap where the factory returns %j', async (made) => {
    const useFactory = () => made as unknown as AnalyticsOptions;
    for (const more of [{}, { interceptor: false }]) {
      const analytics = AnalyticsModule.forRootAsync({ useFactory, ...more });
      await expect(start(appOf([analytics]))).rejects.toThrow(
        '[AnalyticsModule] NAA011 The options of AnalyticsModule',
      );
    }
  });
});

describe('the bootstrap', () => {
  it('stops at a malformed setting, with the setting’s name', async () => {
    await expect(start(appOf([AnalyticsModule.forRoot({ host: 'posthog.com' })]))).rejects.toThrow('the option host');
  });

  it('stops where forRoot() stands twice', async () => {
    const twice = appOf([AnalyticsModule.forRoot(), appOf([AnalyticsModule.forRoot({ source: 'other' })])]);
    await expect(start(twice)).rejects.toThrow('more than once');
  });

  it('takes one forRoot() that several modules import', async () => {
    const analytics = AnalyticsModule.forRoot({ sinks: [{ write: () => undefined }] });
    const app = await start(appOf([analytics, appOf([analytics])]));
    expect(app.get(AnalyticsService).enabled).toBe(true);
  });

  it('stops where forRoot() was forgotten', async () => {
    await expect(start(appOf([AnalyticsModule]))).rejects.toThrow('imported without forRoot()');
  });
});

describe('on and off', () => {
  it('is off without a key, and everything is still safe to call', async () => {
    const analytics = (await start(appOf([AnalyticsModule.forRoot()]))).get(AnalyticsService);
    expect(analytics.enabled).toBe(false);
    analytics.trackUserMessage({ messageLength: 1 });
    analytics.capture('x');
    analytics.captureException(new Error('x'));
    analytics.identify({ userId: 'ada' });
    expect(analytics.openRouterTracing({ userId: 'ada' })).toEqual({});
    expect(await analytics.flush()).toEqual({ delivered: 0, pending: 0 });
    expect(analytics.stats().accepted).toBe(0);
    analytics.tap({ write: () => undefined })();
  });

  it('is off where it was switched off, key or not', async () => {
    const app = await start(
      appOf([AnalyticsModule.forRoot({ apiKey: 'phc_right', host: server.url, enabled: false })]),
    );
    expect(app.get(AnalyticsService).enabled).toBe(false);
  });

  it('is on with a sink alone', async () => {
    const seen: AnalyticsEvent[] = [];
    const sink = { write: (events: readonly AnalyticsEvent[]) => void seen.push(...events) };
    const app = await start(appOf([AnalyticsModule.forRoot({ sinks: [sink] })]));
    app.get(AnalyticsService).capture('signed_up', { plan: 'pro' }, { userId: 'ada' });
    await app.get(AnalyticsService).flush();
    expect(seen).toMatchObject([{ event: 'signed_up', distinctId: 'ada', properties: { plan: 'pro' } }]);
  });

  it('is on for what is captured before the bootstrap is over', async () => {
    @Injectable()
    class Early {
      constructor(analytics: AnalyticsService) {
        analytics.capture('early', {}, { userId: 'ada' });
      }
    }
    const app = await start(appOf([AnalyticsModule.forRoot({ apiKey: 'phc_right', host: server.url })], [Early]));
    await app.get(AnalyticsService).flush();
    expect(server.events.map(({ event }) => event)).toEqual(['early']);
  });

  it('ends with the application: later events are refused, not lost unseen', async () => {
    const app = await start(appOf([AnalyticsModule.forRoot({ apiKey: 'phc_right', host: server.url })]));
    const analytics = app.get(AnalyticsService);
    analytics.capture('in_time', {}, { userId: 'ada' });
    await app.close();
    analytics.capture('too_late', {}, { userId: 'ada' });
    expect(server.events.map(({ event }) => event)).toEqual(['in_time']);
    expect(analytics.stats()).toMatchObject({ accepted: 1, delivered: 1, refused: { closed: 1 }, state: 'closed' });
  });
});

describe('what is made before a slow loader of a ConfigModule has finished', () => {
  // Past every other provider that can be made meanwhile.
  const slowly = async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return { POSTHOG_API_KEY: 'phc_right', POSTHOG_HOST: server.url, ANALYTICS_SOURCE: 'configured' };
  };

  @Injectable()
  class FlagReader {
    constructor(@Inject(POSTHOG_CLIENT) readonly posthog: PostHog) {
      posthog.capture({ distinctId: 'ada', event: 'by_client' });
    }
  }
  @Injectable()
  class Eager {
    constructor(analytics: AnalyticsService) {
      analytics.capture('by_service', {}, { userId: 'ada' });
    }
  }
  @Injectable()
  class Tools {
    @TrackToolCall()
    find(): string {
      return 'found';
    }
  }
  @Injectable()
  class Hasty {
    readonly found: string;
    constructor(tools: Tools) {
      this.found = tools.find();
    }
  }

  it.each([
    ['imported by one module', {}],
    ['global', { isGlobal: true }],
  ])('has its key and host, the ConfigModule being %s', async (_, options) => {
    const imports = [AnalyticsModule.forRoot(), ConfigModule.forRoot({ ...options, load: [slowly] })];
    const app = await start(appOf(imports, [FlagReader, Eager]));
    await app.get(AnalyticsService).flush();
    const sources = Object.fromEntries(server.events.map(({ event, properties }) => [event, properties['source']]));
    // What the client captures has no source.
    expect(sources).toEqual({ by_client: undefined, by_service: 'configured' });
  });

  it('has them in a unit test too, which knows no init()', async () => {
    const imports = [AnalyticsModule.forRoot(), ConfigModule.forRoot({ load: [slowly] })];
    const module = await Test.createTestingModule({ imports, providers: [FlagReader, Tools] }).compile();
    running.push(module);
    expect(module.get(Tools).find()).toBe('found');
    await module.get(AnalyticsService).flush();
    expect(server.events.map(({ event }) => event).sort()).toEqual(['by_client', 'copilot_tool_called']);
  });

  it('is not recorded where it can’t wait, which is said, and what comes later is', async () => {
    const said: string[] = [];
    const quiet = () => undefined;
    const warn = (message: unknown) => void said.push(String(message));
    const imports = [AnalyticsModule.forRoot(), ConfigModule.forRoot({ load: [slowly] })];
    const module = appOf(imports, [Tools, Hasty]);
    const logger = { log: quiet, error: quiet, debug: quiet, warn };
    const app = await NestFactory.createApplicationContext(module, { logger, abortOnError: false });
    running.push(app);
    app.get(Tools).find();
    await app.get(AnalyticsService).flush();
    expect(app.get(Hasty).found).toBe('found');
    expect(server.events.map(({ event }) => event)).toEqual(['copilot_tool_called']);
    expect(said.filter((text) => text.includes('NAA116'))).toHaveLength(1);
  });

  it('does not keep a loader that fails from stopping the bootstrap', async () => {
    const fail = () => Promise.reject(new Error('no secrets'));
    const imports = [AnalyticsModule.forRoot(), ConfigModule.forRoot({ load: [fail] })];
    await expect(start(appOf(imports, [FlagReader]))).rejects.toThrow('no secrets');
  });
});

describe('POSTHOG_CLIENT', () => {
  it('is posthog-node’s client, and what it captures goes out by our delivery', async () => {
    @Injectable()
    class Uses {
      constructor(@Inject(POSTHOG_CLIENT) readonly posthog: PostHog) {}
    }
    const app = await start(appOf([AnalyticsModule.forRoot({ apiKey: 'phc_right', host: server.url })], [Uses]));
    app.get(Uses).posthog.capture({ distinctId: 'ada', event: 'by_client', properties: { plan: 'pro' } });
    await app.get(AnalyticsService).flush();
    expect(server.events).toMatchObject([{ event: 'by_client', distinct_id: 'ada', properties: { plan: 'pro' } }]);
    expect(app.get(AnalyticsService).stats().delivered).toBe(1);
  });

  it('does nothing without a key', async () => {
    @Injectable()
    class Uses {
      constructor(@Inject(POSTHOG_CLIENT) readonly posthog: PostHog) {}
    }
    const app = await start(appOf([AnalyticsModule.forRoot({ host: server.url })], [Uses]));
    app.get(Uses).posthog.capture({ distinctId: 'ada', event: 'by_client' });
    expect(await app.get(Uses).posthog.isFeatureEnabled('flag', 'ada')).toBeFalsy();
    await app.close();
    expect(server.requests).toEqual([]);
  });
});
