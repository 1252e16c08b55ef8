import {
  Inject,
  Module,
  Optional,
  Scope,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type NestModule,
  type OnApplicationShutdown,
  type OnModuleInit,
  type Provider,
} from '@nestjs/common';
import { AnalyticsService } from '../capture/analytics.service.js';
import { CAPTURE_HANDLE, CaptureHandle } from '../capture/capture-handle.js';
import { SINK_REGISTRY, SinkRegistry } from '../delivery/sink-registry.js';
import { messages } from '../event/messages.js';
import { REQUEST_IDENTITIES, RequestIdentities } from '../requests/request-identities.js';
import type { AnalyticsAsyncOptions, AnalyticsOptions, AnalyticsOptionsFactory } from './analytics.options.js';
import { ANALYTICS_OPTIONS, AnalyticsRuntime, MODULE_ID } from './analytics-runtime.js';
import { CONFIGURED } from './configured.js';
import { POSTHOG_CLIENT } from './posthog-client.token.js';
import { RECORDING } from './recording.js';
import { AnalyticsConfigurationError } from './configuration-error.js';

/**
 * Analytics for the whole application: import it once, in the root module, and call `app.enableShutdownHooks()`, so
 * that a SIGTERM sends what is pending.
 *
 * @example
 * @Module({ imports: [ConfigModule.forRoot(), AnalyticsModule.forRoot()] })
 * export class AppModule {}
 */
@Module({})
export class AnalyticsModule implements NestModule, OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(@Optional() @Inject(AnalyticsRuntime) private readonly runtime?: AnalyticsRuntime) {}

  /**
   * Options in code win over the environment; without any, all comes from there. Malformed settings stop the bootstrap
   * with an `AnalyticsConfigurationError`.
   */
  static forRoot(options: AnalyticsOptions = {}): DynamicModule {
    return dynamicModule([{ provide: ANALYTICS_OPTIONS, useFactory: () => options }]);
  }

  /**
   * The same, with options that the container makes. Throws for a call without a factory (NAA007).
   *
   * @example
   * AnalyticsModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ apiKey: config.get('PROJECT_KEY') }),
   * })
   */
  static forRootAsync(options: AnalyticsAsyncOptions): DynamicModule {
    return { ...dynamicModule(asyncProviders(options)), imports: options.imports ?? [] };
  }

  /** @internal Nest calls it when the adapter exists and before routes are registered. */
  configure(): void {
    this.bootstrapped().bootstrap();
  }

  /** @internal */
  onModuleInit(): void {
    const runtime = this.bootstrapped();
    runtime.bootstrap();
    runtime.bindInstances();
  }

  /** @internal */
  async beforeApplicationShutdown(): Promise<void> {
    await this.runtime?.leave();
  }

  /** @internal */
  async onApplicationShutdown(): Promise<void> {
    await this.runtime?.close();
  }

  private bootstrapped(): AnalyticsRuntime {
    if (this.runtime === undefined) throw new AnalyticsConfigurationError(messages.noForRoot());
    return this.runtime;
  }
}

function dynamicModule(optionProviders: Provider[]): DynamicModule {
  return {
    module: AnalyticsModule,
    global: true,
    providers: [...optionProviders, { provide: MODULE_ID, useValue: Math.random() }, ...providers],
    exports: [AnalyticsService, POSTHOG_CLIENT, CAPTURE_HANDLE, REQUEST_IDENTITIES, SINK_REGISTRY],
  };
}

const providers: Provider[] = [
  AnalyticsRuntime,
  { provide: CAPTURE_HANDLE, useFactory: () => new CaptureHandle() },
  { provide: REQUEST_IDENTITIES, useFactory: () => new RequestIdentities() },
  { provide: SINK_REGISTRY, useFactory: () => new SinkRegistry() },
  { provide: RECORDING, useValue: null },
  { provide: CONFIGURED, useFactory: (runtime: AnalyticsRuntime) => runtime.configured(), inject: [AnalyticsRuntime] },
  {
    provide: AnalyticsService,
    useFactory: (runtime: AnalyticsRuntime) => new AnalyticsService(() => runtime.start()),
    inject: [AnalyticsRuntime, CONFIGURED],
  },
  {
    // Transient, so that posthog-node is loaded only where somebody asks for it.
    provide: POSTHOG_CLIENT,
    useFactory: (runtime: AnalyticsRuntime) => runtime.posthogClient(),
    inject: [AnalyticsRuntime, CONFIGURED],
    scope: Scope.TRANSIENT,
  },
];

function asyncProviders(options: AnalyticsAsyncOptions): Provider[] {
  const withInterceptor = (made: AnalyticsOptions): AnalyticsOptions => {
    // What is no object is refused with all settings, not made one here.
    const isObject = typeof made === 'object' && (made as AnalyticsOptions | null) !== null;
    return options.interceptor === undefined || !isObject ? made : { interceptor: options.interceptor, ...made };
  };
  const { useFactory } = options;
  if (useFactory !== undefined) {
    return [
      {
        provide: ANALYTICS_OPTIONS,
        useFactory: async (...dependencies: unknown[]) => withInterceptor(await useFactory(...dependencies)),
        inject: [...(options.inject ?? [])],
      },
    ];
  }
  const factory = options.useExisting ?? options.useClass;
  if (factory === undefined) throw new AnalyticsConfigurationError(messages.noOptionsFactory());
  return [
    ...(options.useExisting === undefined ? [{ provide: factory, useClass: factory }] : []),
    {
      provide: ANALYTICS_OPTIONS,
      useFactory: async (made: AnalyticsOptionsFactory) => withInterceptor(await made.createAnalyticsOptions()),
      inject: [factory],
    },
  ];
}
