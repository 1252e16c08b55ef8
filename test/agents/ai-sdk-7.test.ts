import { aiSdk7 } from './frameworks.js';
import { playScenarios } from './play-scenarios.js';

playScenarios(aiSdk7);
