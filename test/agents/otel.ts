import { OpenTelemetry } from '@ai-sdk/otel';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import * as ai from 'ai';
import { otel } from 'nestjs-agent-analytics/otel';
import { aiSdkFramework } from './ai-sdk.js';
import type { AgentFramework } from './framework.js';
import { scenarios } from './scenarios.js';

// As an instrumentation file does it: before any application, once for the process.
const analytics = otel();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [analytics.processor] }));
ai.registerTelemetry(new OpenTelemetry({ usage: true, providerMetadata: true }));

const noDecision =
  'the messages name neither the approval nor its answer (@ai-sdk/otel@1.0.173, src/gen-ai-format-messages.ts)';

/** The AI SDK, told by its spans alone. */
export function otelFramework(): AgentFramework {
  const framework = aiSdkFramework(ai, {
    name: 'OpenTelemetry (AI SDK 7, @ai-sdk/otel)',
    specification: 'v4',
    stopAfter: ai.isStepCount,
    telemetry: 'telemetry',
    differences: {
      'an error of the provider': {
        because:
          'the status is on the span for APICallError only (vercel/ai#20643; @ai-sdk/otel@1.0.173, src/record-span.ts)',
        story: scenarios['an error of the provider'].story.replace(' 503', ''),
      },
      'a request that is tried again': {
        because: 'one span for all attempts (@ai-sdk/otel@1.0.173, src/open-telemetry.ts, executeLanguageModelCall)',
        story: scenarios['a request that is tried again'].story.replace(' after 1 failed', ''),
      },
      'an approval asked for and given': {
        because: noDecision,
        story: withoutDecision(scenarios['an approval asked for and given'].story),
      },
      'an approval asked for and refused': {
        because: noDecision,
        story: withoutDecision(scenarios['an approval asked for and refused'].story),
      },
    },
  });
  return { ...framework, integrations: () => [analytics] };
}

function withoutDecision(story: string): string {
  return story.replace(/\ntool_decision .*/, '');
}
