import { Module, type DynamicModule } from '@nestjs/common';
import { AnalyticsModule } from '../module/analytics.module.js';
import type { AnalyticsOptions } from '../module/analytics.options.js';
import { RECORDING } from '../module/recording.js';
import { AnalyticsRecorder } from './analytics-recorder.js';

/**
 * Analytics for a unit test: whatever is tracked lands in an `AnalyticsRecorder`. Neither a key nor `init()` is needed.
 *
 * @example
 * const module = await Test.createTestingModule({
 *   imports: [AnalyticsTestingModule.forRoot()],
 *   providers: [AgentTools],
 * }).compile();
 * await module.get(AgentTools).findAgent({ query: 'invoices' });
 * expect(module.get(AnalyticsRecorder).events('copilot_tool_called')).toHaveLength(1);
 */
@Module({})
export class AnalyticsTestingModule {
  /** Takes the options of `AnalyticsModule.forRoot()`. */
  static forRoot(options: AnalyticsOptions = {}): DynamicModule {
    const { providers = [], exports = [], ...analytics } = AnalyticsModule.forRoot(options);
    return {
      ...analytics,
      providers: [...providers, AnalyticsRecorder, { provide: RECORDING, useExisting: AnalyticsRecorder }],
      exports: [...exports, AnalyticsRecorder],
    };
  }
}
