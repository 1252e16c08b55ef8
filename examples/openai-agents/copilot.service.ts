import { Injectable, NotFoundException } from '@nestjs/common';
import { Runner } from '@openai/agents';
import { copilot } from './agents.js';

export interface Answer {
  readonly answer?: string | undefined;
  /** The names of the tools that wait for a decision. */
  readonly waiting: readonly string[];
}

/** Runs the agents; what waits for a decision is kept in memory, by its session. */
@Injectable()
export class CopilotService {
  private readonly runner = new Runner();
  private readonly waiting = new Map<string, Awaited<ReturnType<CopilotService['run']>>>();

  async ask(session: string, message: string): Promise<Answer> {
    return this.answer(session, await this.run(message));
  }

  async decide(session: string, approved: boolean): Promise<Answer> {
    const asked = this.waiting.get(session);
    if (asked === undefined) throw new NotFoundException('nothing waits for a decision here');
    this.waiting.delete(session);
    for (const question of asked.interruptions) {
      if (approved) asked.state.approve(question);
      else asked.state.reject(question);
    }
    return this.answer(session, await this.runner.run(copilot, asked.state));
  }

  private async run(message: string) {
    return this.runner.run(copilot, message);
  }

  private answer(session: string, result: Awaited<ReturnType<CopilotService['run']>>): Answer {
    const waiting = result.interruptions.map(({ name }) => name ?? 'tool');
    if (waiting.length === 0) return { answer: result.finalOutput, waiting };
    this.waiting.set(session, result);
    return { waiting };
  }
}
