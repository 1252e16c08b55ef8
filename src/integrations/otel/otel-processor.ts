import type { OtelSpan } from './otel-span.js';
import type { OtelSpans } from './otel-spans.js';

/**
 * A span processor for any tracer provider of OpenTelemetry, versions 1 and 2: `spanProcessors: [analytics.processor]`.
 * It can be made and used before Nest starts; it does nothing while no application listens. It never throws and never
 * waits, exports nothing and changes no span.
 */
export class AnalyticsSpanProcessor {
  private spans: OtelSpans | undefined = undefined;

  onStart(span: OtelSpan, _parentContext?: unknown): void {
    this.spans?.start(span);
  }

  onEnd(span: OtelSpan): void {
    this.spans?.end(span);
  }

  async forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  /** What is open ends with the application, not with OpenTelemetry's provider. */
  async shutdown(): Promise<void> {
    return Promise.resolve();
  }

  /** Hands the spans over, until the function returned is called. Of two applications, the later listens. */
  listen(spans: OtelSpans): () => void {
    this.spans = spans;
    return () => {
      if (this.spans === spans) this.spans = undefined;
    };
  }
}
