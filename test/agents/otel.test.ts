import { otelFramework } from './otel.js';
import { playScenarios } from './play-scenarios.js';

playScenarios(otelFramework());
