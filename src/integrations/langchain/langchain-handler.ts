import type { RunRecorder } from '../recorder/run-recorder.js';
import type { LangChainHooks } from './langchain-callbacks.js';
import { langChainHooks } from './langchain-hooks.js';

/** A callback handler of LangChain. */
export type LangChainHandler = Readonly<LangChainHooks> & {
  readonly name: string;
  /** LangChain would call it later otherwise, without the context of the request. It never makes anything wait. */
  readonly awaitHandlers: boolean;
  readonly raiseError: boolean;
  copy(): LangChainHandler;
};

type Told = (...args: unknown[]) => void;

/** One handler for all recorders that listen: an application may be started more than once in a process. */
export class SharedHandler {
  readonly handler: LangChainHandler;
  private readonly listening = new Map<RunRecorder, LangChainHooks>();

  constructor() {
    const hook = (name: keyof LangChainHooks): Told => {
      return (...args) => {
        for (const hooks of this.listening.values()) (hooks[name] as Told)(...args);
      };
    };
    this.handler = {
      name: 'nestjs-agent-analytics',
      awaitHandlers: true,
      raiseError: false,
      copy: () => this.handler,
      handleChainStart: hook('handleChainStart'),
      handleChainEnd: hook('handleChainEnd'),
      handleChainError: hook('handleChainError'),
      handleChatModelStart: hook('handleChatModelStart'),
      handleLLMStart: hook('handleLLMStart'),
      handleLLMNewToken: hook('handleLLMNewToken'),
      handleLLMEnd: hook('handleLLMEnd'),
      handleLLMError: hook('handleLLMError'),
      handleToolStart: hook('handleToolStart'),
      handleToolEnd: hook('handleToolEnd'),
      handleToolError: hook('handleToolError'),
    };
  }

  listen(recorder: RunRecorder): () => void {
    this.listening.set(recorder, langChainHooks(recorder));
    return () => void this.listening.delete(recorder);
  }
}
