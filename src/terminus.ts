export { AnalyticsHealthIndicator, type AnalyticsHealthLimits } from './module/analytics-health.indicator.js';
