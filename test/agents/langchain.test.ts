import { langChainFramework } from './langchain.js';
import { playScenarios } from './play-scenarios.js';

playScenarios(langChainFramework('LangChain 1, LangGraph 1'));
