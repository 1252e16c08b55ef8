import type { TestingModuleBuilder } from '@nestjs/testing';
import { RECORDING } from '../module/recording.js';
import { AnalyticsRecorder } from './analytics-recorder.js';

/**
 * Records the events of an application under test, its modules unchanged: whatever key and host it is configured
 * with, nothing leaves the process.
 *
 * @example
 * const builder = Test.createTestingModule({ imports: [AppModule] });
 * const analytics = recordAnalytics(builder);
 * const app = (await builder.compile()).createNestApplication();
 * // … use the app …
 * expect(analytics.last('copilot_tool_called')?.properties.tool_name).toBe('find_agent');
 */
export function recordAnalytics(builder: TestingModuleBuilder): AnalyticsRecorder {
  const recorder = new AnalyticsRecorder();
  builder.overrideProvider(RECORDING).useValue(recorder);
  return recorder;
}
