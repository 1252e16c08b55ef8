import type { Message } from '../event/messages.js';

/** Stops the bootstrap: a setting is not as it should be. */
export class AnalyticsConfigurationError extends Error {
  override readonly name = 'AnalyticsConfigurationError';
  readonly code: Message['code'];

  constructor(message: Message) {
    super(`[AnalyticsModule] ${message.code} ${message.text}`);
    this.code = message.code;
  }
}
