import { OpenTelemetry } from '@ai-sdk/otel';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { registerTelemetry } from 'ai';
import { otel } from 'nestjs-agent-analytics/otel';

/** The module is given the same object. */
export const analytics = otel();

// Beside it stand the processors of whatever else receives the spans.
const provider = new BasicTracerProvider({ spanProcessors: [analytics.processor] });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(provider);

// The writer of spans in this example; any other that follows the GenAI conventions will do.
registerTelemetry(new OpenTelemetry({ usage: true, providerMetadata: true }));
