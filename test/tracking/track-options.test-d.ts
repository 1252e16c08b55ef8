/* eslint-disable @typescript-eslint/no-unsafe-assignment -- what must not compile has no type */
import { Readable } from 'node:stream';
import type { Observable } from 'rxjs';
import { SkipTracking } from '../../src/tracking/skip-tracking.decorator.js';
import { TrackAgentRun } from '../../src/tracking/track-agent-run.decorator.js';
import { TrackAgentSchedule } from '../../src/tracking/track-agent-schedule.decorator.js';
import { TrackGeneration } from '../../src/tracking/track-generation.decorator.js';
import { TrackMessage } from '../../src/tracking/track-message.decorator.js';
import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { TrackTriggerSetup } from '../../src/tracking/track-trigger-setup.decorator.js';
import { Track } from '../../src/tracking/track.decorator.js';

// Compiled by the type check: each line that must not compile says so.

interface Input {
  query: string;
}
interface Stats {
  hits: number;
}

/** Accepts a value of exactly this type. */
declare function exactly<T>(): <V>(
  value: V & ([V] extends [T] ? ([T] extends [V] ? unknown : never) : never),
) => number;

export class Inferred {
  @TrackToolCall({
    properties: ({ args: [input, limit], result }) => ({
      query: exactly<string>()(input.query),
      limit: exactly<number | undefined>()(limit),
      hits: exactly<number>()(result.hits),
    }),
    errorProperties: ({ args: [input], error }) => ({ query: input.query, error: exactly<unknown>()(error) }),
    outcome: ({ result }) => (result.hits > 0 ? 'success' : 'error'),
    userId: ({ args }) => args[0].query,
    when: ({ args: [, limit] }) => limit !== 0,
  })
  async find(_input: Input, _limit?: number): Promise<Stats> {
    return { hits: 1 };
  }

  @TrackToolCall({ properties: ({ args: [input] }) => ({ query: exactly<string>()(input.query) }) })
  nothing(_input: Input): void {}

  @TrackToolCall({ properties: ({ args }) => ({ first: exactly<string | undefined>()(args[0]) }) })
  rest(..._words: string[]): void {}

  @TrackToolCall('written', { properties: ({ result }) => ({ first: exactly<string | undefined>()(result[0]) }) })
  sync(): string[] {
    return [];
  }

  @TrackAgentRun({ properties: ({ result }) => ({ last: exactly<Stats>()(result) }) })
  observable(): Observable<Stats> {
    throw new Error('not called');
  }

  @TrackAgentRun({ properties: ({ result }) => ({ last: exactly<Stats>()(result) }) })
  async later(): Promise<Observable<Stats>> {
    throw new Error('not called');
  }

  @Track('own_event', { properties: ({ result }) => ({ end: exactly<number>()(result) }) })
  async *generator(): AsyncGenerator<string, number, undefined> {
    yield 'a';
    return 1;
  }

  @Track('own_event', { properties: ({ result }) => ({ destroyed: exactly<boolean>()(result.destroyed) }) })
  stream(): Readable {
    return Readable.from([]);
  }

  // Any object can be properties, an interface's too.
  @TrackToolCall({ properties: ({ result }) => result })
  stats(): Stats {
    return { hits: 1 };
  }

  // Before the body has run there is no result.
  @TrackMessage({
    message: ({ args: [body] }) => body.query,
    properties: ({ result }) => ({ hits: exactly<number | undefined>()(result?.hits) }),
  })
  async send(_body: Input): Promise<Stats> {
    return { hits: 1 };
  }

  @TrackAgentSchedule({ properties: ({ args: [cron] }) => ({ cron: exactly<string>()(cron) }) })
  schedule(_cron: string): void {}

  @TrackTriggerSetup({ properties: ({ result }) => ({ hits: exactly<number>()(result.hits) }) })
  async trigger(): Promise<Stats> {
    return { hits: 1 };
  }

  @TrackGeneration({ generation: ({ result }) => ({ inputTokens: exactly<number | undefined>()(result?.hits) }) })
  async model(): Promise<Stats> {
    return { hits: 1 };
  }

  @TrackToolCall()
  @SkipTracking()
  overloaded<T>(value: T): T {
    return value;
  }
}

@TrackToolCall({ properties: ({ args, result }) => ({ count: args.length, result }) })
export class OnAClass {
  find(): number {
    return 1;
  }
}

export class Refused {
  // @ts-expect-error there is no such property on the argument
  @TrackToolCall({ properties: ({ args: [input] }) => ({ query: input.nothing }) })
  wrongArgument(_input: Input) {}

  // @ts-expect-error nor on the result
  @TrackToolCall({ properties: ({ result }) => ({ hits: result.nothing }) })
  async wrongResult(): Promise<Stats> {
    return { hits: 1 };
  }

  // @ts-expect-error the result may not be there yet
  @TrackMessage({ properties: ({ result }) => ({ hits: result.hits }) })
  earlyResult(): Stats {
    return { hits: 1 };
  }

  // @ts-expect-error callbacks are synchronous
  @TrackToolCall({ properties: async ({ result }) => ({ hits: result.hits }) })
  asynchronous(): Stats {
    return { hits: 1 };
  }

  // @ts-expect-error no such outcome
  @TrackAgentRun({ outcome: () => 'failed' })
  wrongOutcome() {}

  // @ts-expect-error no such option
  @TrackToolCall({ property: () => ({}) })
  wrongOption() {}

  // @ts-expect-error a run is told when it is over
  @TrackAgentRun({ emit: 'start' })
  wrongMoment() {}

  // @ts-expect-error a user id is no object
  @TrackToolCall({ userId: ({ args: [input] }) => input })
  wrongUser(_input: Input) {}

  // @ts-expect-error the argument is no number
  @TrackAgentSchedule({ when: ({ args: [cron] }) => exactly<number>()(cron) > 0 })
  wrongSchedule(_cron: string) {}

  // @ts-expect-error there is no such property on the result
  @TrackTriggerSetup({ properties: ({ result }) => ({ hits: result.nothing }) })
  wrongTrigger(): Stats {
    return { hits: 1 };
  }

  // @ts-expect-error tokens are numbers
  @TrackGeneration({ generation: ({ result }) => ({ inputTokens: String(result?.hits) }) })
  wrongModel(): Stats {
    return { hits: 1 };
  }

  // @ts-expect-error no method
  @TrackToolCall()
  field = () => 1;

  // @ts-expect-error no method
  @TrackToolCall()
  get accessor() {
    return 1;
  }
}

// @ts-expect-error its methods would all have one name
@TrackToolCall('named')
export class NamedClass {}

// @ts-expect-error it tracks single methods
@TrackAgentRun()
export class RunClass {}

@TrackToolCall()
export class MadeByItself {
  private constructor() {}
  static make(): MadeByItself {
    return new MadeByItself();
  }
}

@Track('asked')
export abstract class Extended {
  protected constructor(readonly name: string) {}
}
