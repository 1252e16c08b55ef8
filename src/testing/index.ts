export { analyticsMatchers, type AnalyticsMatchers, type TrackedOptions } from './analytics-matchers.js';
export { AnalyticsRecorder } from './analytics-recorder.js';
export { AnalyticsTestingModule } from './analytics-testing.module.js';
export { recordAnalytics } from './record-analytics.js';
