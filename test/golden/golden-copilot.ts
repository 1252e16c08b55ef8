import { HttpException, Injectable } from '@nestjs/common';
import { from, type Observable } from 'rxjs';
import {
  Track,
  TrackAgentRun,
  TrackAgentSchedule,
  TrackMessage,
  TrackToolCall,
  TrackTriggerSetup,
  type Outcome,
} from 'nestjs-agent-analytics';

/** What a golden case asks a method to do. */
export interface Ask {
  readonly returns?: unknown;
  readonly throws?: 'TypeError' | 'NotFound' | 'Abort';
}

const answer = ({ returns, throws }: Ask): unknown => {
  if (throws === 'TypeError') throw new TypeError('secret text of an error');
  if (throws === 'NotFound') throw new HttpException('secret text of an error', 404);
  if (throws === 'Abort') throw new DOMException('secret text of an error', 'AbortError');
  return returns;
};
const queuedOr = ({ result }: { result: unknown }): Outcome =>
  (result as { status?: Outcome } | undefined)?.status ?? 'success';

/** One method for each way in which a decorator can stand; the golden cases call them. */
@Injectable()
export class GoldenCopilot {
  constructor(private readonly nested = new GoldenTools()) {}

  @TrackMessage()
  async sendMessage(_body: unknown, ask: Ask = {}): Promise<unknown> {
    return answer(ask);
  }

  @TrackMessage({ emit: 'start' })
  sendLikeTheOrigin(_body: unknown): void {
    return;
  }

  @TrackMessage()
  streamMessage(_body: unknown): Observable<string> {
    return from(['a', 'b', 'c']);
  }

  /** Message → run → tool. */
  @TrackMessage()
  async sendWithRun(_body: unknown): Promise<unknown> {
    return this.nested.runWithTool({ returns: { execution_id: 'exec-1' } });
  }

  @TrackAgentRun({ outcome: queuedOr })
  async runAgent(_input: unknown, ask: Ask): Promise<unknown> {
    return answer(ask);
  }

  @TrackAgentSchedule()
  async scheduleAgent(_input: unknown, ask: Ask): Promise<unknown> {
    return answer(ask);
  }

  @TrackTriggerSetup()
  async setupTrigger(_input: unknown, ask: Ask): Promise<unknown> {
    return answer(ask);
  }

  @TrackToolCall()
  async findAgent(_input: unknown, ask: Ask): Promise<unknown> {
    return answer(ask);
  }

  @TrackToolCall('search_docs', {
    outcome: queuedOr,
    properties: () => ({ category: 'search', environment: 'mine', outcome: 'mine', $lib: 'mine', session_id: 'mine' }),
  })
  async searchDocs(_input: unknown, ask: Ask): Promise<unknown> {
    return answer(ask);
  }

  @TrackToolCall({ emit: 'start' })
  async toolLikeTheOrigin(_input: unknown): Promise<void> {
    return;
  }

  @Track('plan_upgraded', { properties: ({ args: [plan] }) => ({ plan }) })
  upgrade(_plan: string): void {
    return;
  }

  @TrackToolCall('resent', { dedupKey: ({ args: [input] }) => (input as { key: string }).key, userId: () => 'user_2' })
  async resent(_input: unknown): Promise<void> {
    return;
  }
}

@Injectable()
export class GoldenTools {
  @TrackAgentRun()
  async runWithTool(ask: Ask): Promise<unknown> {
    await this.tool({});
    return answer(ask);
  }

  @TrackToolCall('inner_tool')
  async tool(_input: unknown): Promise<void> {
    return;
  }
}
