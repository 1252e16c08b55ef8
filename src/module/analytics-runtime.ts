import { AsyncResource } from 'node:async_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost, ModuleRef, ModulesContainer } from '@nestjs/core';
import type { AnalyticsCore } from '../capture/analytics-core.js';
import { CAPTURE_HANDLE, CaptureHandle } from '../capture/capture-handle.js';
import type { PostHogClients } from '../delivery/posthog-client.js';
import { systemClock } from '../event/clock.js';
import { SINK_REGISTRY, SinkRegistry } from '../delivery/sink-registry.js';
import { messages } from '../event/messages.js';
import { installRequestFrames } from '../requests/request-frame.js';
import { REQUEST_IDENTITIES, RequestIdentities } from '../requests/request-identities.js';
import { AgentHooks } from './agent-hooks.js';
import type { AnalyticsOptions } from './analytics.options.js';
import { ApplicationReport } from './application-report.js';
import { AnalyticsConfigurationError } from './configuration-error.js';
import { hasConfigModule, whenConfigured } from './configured.js';
import { bindInstances } from './instance-binder.js';
import { Lifecycle } from './lifecycle.js';
import { NestReporter } from './nest-reporter.js';
import { warnOfUntrackedHandlers } from './untracked-handlers.js';
import { variableReader } from './read-variable.js';
import { RECORDING, type Recording } from './recording.js';
import { resolveSettings, type AnalyticsSettings } from './settings.js';
import { wire, type Wiring } from './wiring.js';

export const ANALYTICS_OPTIONS = Symbol.for('nestjs-agent-analytics:options');
/** Tells two `forRoot()` calls apart, which Nest 10 would merge by their looks. */
export const MODULE_ID = Symbol.for('nestjs-agent-analytics:module-id');

/**
 * One application's analytics, from start to end. It comes up once: at the bootstrap, or earlier, where something is
 * captured before that; but not before every loader of a ConfigModule has finished.
 */
@Injectable()
export class AnalyticsRuntime {
  private readonly reporter = new NestReporter();
  // Made at bootstrap: what comes up inside a request must not carry that request's context.
  private readonly root = new AsyncResource('nestjs-agent-analytics:runtime');
  private settings: AnalyticsSettings | undefined;
  private wiring: Wiring | undefined;
  private lifecycle: Lifecycle | undefined;
  private failure: Error | undefined;
  private isConfigured: boolean;
  private wasCalledEarly = false;

  constructor(
    @Inject(ANALYTICS_OPTIONS) private readonly options: AnalyticsOptions,
    @Inject(CAPTURE_HANDLE) private readonly handle: CaptureHandle,
    @Inject(REQUEST_IDENTITIES) private readonly identities: RequestIdentities,
    @Inject(SINK_REGISTRY) private readonly sinks: SinkRegistry,
    @Inject(RECORDING) private readonly recording: Recording | null,
    @Inject(ModuleRef) private readonly moduleRef: ModuleRef,
    @Inject(ModulesContainer) private readonly modules: ModulesContainer,
    @Inject(HttpAdapterHost) private readonly adapterHost: HttpAdapterHost,
  ) {
    this.isConfigured = !hasConfigModule(modules);
    handle.starter = () => {
      this.wasCalledEarly ||= !this.isConfigured;
      this.start();
    };
    sinks.report = new ApplicationReport({
      modules,
      reporter: this.reporter,
      clock: systemClock,
      settings: () => this.settings,
      core: () => this.wiring?.on?.core,
    });
  }

  /** Resolves when the settings can be read. */
  async configured(): Promise<true> {
    await whenConfigured(this.modules);
    return (this.isConfigured = true);
  }

  /**
   * Brings analytics up if it is not; `undefined` where it is off, and while the settings can't be read yet. Never
   * throws: `bootstrap` does.
   */
  start(): AnalyticsCore | undefined {
    if (this.wiring === undefined && this.failure === undefined && this.isConfigured) {
      this.handle.starter = undefined;
      try {
        this.root.runInAsyncScope(() => this.bringUp());
      } catch (error) {
        this.failure = error instanceof Error ? error : new Error(String(error));
      }
    }
    return this.wiring?.on?.core;
  }

  /** Brings analytics up; throws, and so stops the application's bootstrap, where a setting is malformed. */
  bootstrap(): void {
    const isOurs = (token: unknown): boolean => token === MODULE_ID;
    const ours = [...this.modules.values()].filter((module) => [...module.providers.keys()].some(isOurs));
    if (ours.length > 1) throw new AnalyticsConfigurationError(messages.secondForRoot());
    // A sink may have come since something asked for analytics and found it off.
    if (this.wiring?.on === undefined && !this.sinks.isEmpty) this.wiring = undefined;
    this.isConfigured = true;
    this.start();
    if (this.failure !== undefined) throw this.failure;
    if (this.identities.settings !== undefined) installRequestFrames(this.adapterHost.httpAdapter, this.identities);
  }

  /** Binds what Nest did not construct itself; all instances exist by then. */
  bindInstances(): void {
    if (this.wiring?.on === undefined) return;
    bindInstances(this.modules, this.handle);
    // Without our interceptor the application opens its contexts itself.
    if (this.identities.settings !== undefined) warnOfUntrackedHandlers(this.modules, this.reporter);
  }

  /** posthog-node's client, made when it is first asked for. */
  async posthogClient(): ReturnType<PostHogClients['get']> {
    this.start();
    if (this.wiring === undefined) throw this.failure as Error;
    return this.wiring.posthog.get();
  }

  /** The application begins to leave: sends what is pending, while new events are still taken. */
  async leave(): Promise<void> {
    await this.lifecycle?.leave();
  }

  /** The application's connections are closed: ends the calls in flight, sends the rest, and tells what is left. */
  async close(): Promise<void> {
    await this.lifecycle?.close();
    await this.wiring?.posthog.close();
  }

  private bringUp(): void {
    const { handle, identities, reporter } = this;
    const settings = resolveSettings(this.options, variableReader(this.moduleRef));
    this.settings = settings;
    for (const sink of settings.sinks ?? []) this.sinks.add(sink);
    const wiring = wire(settings, reporter, this.recording, this.sinks);
    this.wiring = wiring;
    if (wiring.on === undefined) {
      reporter.debug('Analytics is off: there is no POSTHOG_API_KEY and no sink, or it was switched off.');
      return;
    }
    handle.target = wiring.on.core.capture;
    if (this.wasCalledEarly) reporter.warnOnce(messages.beforeConfiguration());
    const agents = new AgentHooks(settings, wiring.on.core.capture, handle, systemClock);
    if (settings.interceptor) {
      const { identity, verifySession, posthogHeaders } = settings;
      identities.settings = { identity, verifySession, posthogHeaders, handle, reporter };
    }
    const { capture } = wiring.on.core;
    const endOpenWork = (): void => {
      agents.close();
      capture.openCalls.finishAll();
    };
    const onClosed = (): void => {
      handle.target = undefined;
      identities.settings = undefined;
    };
    const { shutdownTimeoutMs: timeoutMs } = settings;
    const { posthog } = wiring;
    this.lifecycle = new Lifecycle({ ...wiring.on, posthog, clock: systemClock, timeoutMs, endOpenWork, onClosed });
  }
}
