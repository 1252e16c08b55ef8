import * as ai from 'ai6';
import { aiSdkFramework } from './ai-sdk.js';
import { playScenarios } from './play-scenarios.js';
import { scenarios } from './scenarios.js';

playScenarios(
  aiSdkFramework(ai, {
    name: 'AI SDK 6',
    specification: 'v3',
    stopAfter: ai.stepCountIs,
    telemetry: 'experimental_telemetry',
    differences: {
      'an error of the provider': {
        because: 'its TelemetryIntegration has no hook for errors (ai@6.0.326, src/telemetry/telemetry-integration.ts)',
      },
      'a request that is tried again': {
        because: 'nothing is told of single attempts (ai@6.0.326, src/generate-text/generate-text.ts)',
        story: scenarios['a request that is tried again'].story.replace(' after 1 failed', ''),
      },
      'an embedding': {
        because: 'embed() and embedMany() call no integration (ai@6.0.326, src/embed/embed.ts)',
      },
    },
  }),
);
