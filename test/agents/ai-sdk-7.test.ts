import * as ai from 'ai';
import { aiSdkFramework } from './ai-sdk.js';
import { playScenarios } from './play-scenarios.js';

playScenarios(
  aiSdkFramework(ai, {
    name: 'AI SDK 7',
    specification: 'v4',
    stopAfter: ai.isStepCount,
    telemetry: 'telemetry',
  }),
);
