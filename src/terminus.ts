export {
  AnalyticsHealthIndicator,
  type AnalyticsHealth,
  type AnalyticsHealthLimits,
} from './module/analytics-health.indicator.js';
