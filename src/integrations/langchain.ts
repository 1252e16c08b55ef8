import { messages } from '../event/messages.js';
import { errorType } from '../event/redaction.js';
import type { AgentIntegration } from './agent-integration.js';
import { SharedHandler, type LangChainHandler } from './langchain/langchain-handler.js';
import { addToManagers, installedManagers, type CallbackManagers } from './langchain/langchain-managers.js';

export type { LangChainHandler } from './langchain/langchain-handler.js';

/** Options of `langchain()`. */
export interface LangChainOptions {
  /**
   * `CallbackManager` of `@langchain/core/callbacks/manager`, where it can't be found by itself: in a bundle, or if the
   * application has more than one of it. `false`: nothing is seen but what `handler` is given to.
   * @default that of the application, in both its formats
   */
  CallbackManager?: CallbackManagers | readonly CallbackManagers[] | false | undefined;
}

/** What `langchain()` returns. */
export interface LangChainIntegration extends AgentIntegration {
  /** For `callbacks: [handler]`, where single runs are to be seen only. Beside the automatic way nothing counts twice. */
  readonly handler: LangChainHandler;
}

/**
 * Tracks everything that LangChain and LangGraph run: graphs and agents, tools, calls of chat models, approvals.
 *
 * Each graph is an agent's run, and each other runnable that was given a `runName`. The thread is the session where
 * the context has none. Embeddings have no callbacks, so they are not seen.
 *
 * @example
 * AnalyticsModule.forRoot({ integrations: [langchain()] })
 */
export function langchain(options: LangChainOptions = {}): LangChainIntegration {
  const shared = new SharedHandler();
  return {
    name: 'langchain()',
    sees: ['langchain'],
    handler: shared.handler,
    register(recorder) {
      const { CallbackManager: given } = options;
      const stopListening = shared.listen(recorder);
      let remove = (): void => undefined;
      try {
        const managers = given === undefined ? installedManagers() : given === false ? [] : [given].flat();
        remove = addToManagers(managers, shared.handler);
      } catch (error) {
        // The handler still hears where it is given.
        recorder.warnOnce(messages.langchainNotFound(errorType(error)));
      }
      return () => {
        remove();
        stopListening();
      };
    },
  };
}
