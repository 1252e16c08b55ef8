/**
 * The posthog-node client, for feature flags, groups and whatever else it offers. What it captures goes out by this
 * library's delivery, so nothing has to be flushed or shut down. Without a key it is a client that does nothing.
 *
 * @example
 * constructor(@Inject(POSTHOG_CLIENT) private readonly posthog: PostHog) {}
 * const flags = await this.posthog.evaluateFlags(user.id);
 * if (flags.isEnabled('new-copilot')) { … }
 */
export const POSTHOG_CLIENT = Symbol.for('nestjs-agent-analytics:posthog-client');
