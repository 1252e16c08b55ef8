export { AnalyticsRecorder } from './analytics-recorder.js';
export { AnalyticsTestingModule } from './analytics-testing.module.js';
export { recordAnalytics } from './record-analytics.js';
