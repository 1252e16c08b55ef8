import type { OtelSpan } from './otel-span.js';
import type { OtelSpans } from './otel-spans.js';

/**
 * A span processor for any tracer provider of OpenTelemetry, versions 1 and 2: `spanProcessors: [analytics.processor]`.
 * It can be made and used before Nest starts; it does nothing while no application listens. It never throws and never
 * waits, exports nothing and changes no span.
 */
export class AnalyticsSpanProcessor {
  /** Of the applications that listen, the newest first. */
  private listening: readonly OtelSpans[] = [];

  onStart(span: OtelSpan, _parentContext?: unknown): void {
    const here = this.listening.filter(({ isElsewhere }) => !isElsewhere);
    // What belongs to no application is told where its parent is, or to the newest.
    const spans = here.find((each) => each.hasParent(span)) ?? here[0];
    spans?.start(span);
  }

  onEnd(span: OtelSpan): void {
    for (const spans of this.listening) spans.end(span);
  }

  async forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  /** What is open ends with the application, not with OpenTelemetry's provider. */
  async shutdown(): Promise<void> {
    return Promise.resolve();
  }

  /** Hands the spans over, until the function returned is called. Of two applications, each is told its own. */
  listen(spans: OtelSpans): () => void {
    this.listening = [spans, ...this.listening];
    return () => {
      this.listening = this.listening.filter((other) => other !== spans);
    };
  }
}
