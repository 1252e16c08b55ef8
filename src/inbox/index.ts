export { AnalyticsInbox } from './analytics-inbox.js';
export { AnalyticsInboxModule } from './analytics-inbox.module.js';
export { InboxConfigurationError, type InboxOptions } from './inbox.options.js';
