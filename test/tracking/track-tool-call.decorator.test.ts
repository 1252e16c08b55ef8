import { describe, expect, it } from 'vitest';
import { AnalyticsContext } from '../../src/context/analytics-context.js';
import { bindInstance } from '../../src/tracking/instance-slot.js';
import { SkipTracking } from '../../src/tracking/skip-tracking.decorator.js';
import { TrackAgentRun } from '../../src/tracking/track-agent-run.decorator.js';
import { TrackMessage } from '../../src/tracking/track-message.decorator.js';
import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { Track } from '../../src/tracking/track.decorator.js';
import { trackedMethods } from '../../src/tracking/tracked-methods.js';
import { CollectingTarget } from '../support/capture-target.js';
import { trackedRun } from '../support/tracked-run.js';

function bound<T extends object>(target: CollectingTarget, instance: T): T {
  bindInstance(instance, target.handle);
  return instance;
}

describe('@TrackToolCall on a method', () => {
  it('tells name, id, outcome and duration, with the time of the begin', async () => {
    const target = new CollectingTarget();
    class Tools {
      @TrackToolCall()
      async findAgent(_input: { query: string }) {
        target.clock.advance(40);
        return [{ id: 1 }];
      }
    }
    const began = target.clock.now();
    await bound(target, new Tools()).findAgent({ query: 'secret' });
    expect(target.only).toMatchObject({ event: 'copilot_tool_called', time: began, source: 'Tools.findAgent' });
    expect(target.only.properties).toEqual({ tool_name: 'find_agent' });
    expect(target.only.newId).toBe('tool_call_id');
    expect(target.only.measured).toEqual({ outcome: 'success', duration_ms: 40 });
  });

  it.each<[string, unknown[], unknown, string]>([
    ['the second argument, as AI SDK passes it', [{ query: 'x' }, { toolCallId: 'call_1' }], {}, 'call_1'],
    ['snake_case', [{ tool_call_id: 'call_2' }], {}, 'call_2'],
    ['the result first', [{ toolCallId: 'call_3' }], { toolCallId: 'call_4' }, 'call_4'],
  ])('takes the id from %s', (_name, args, result, id) => {
    const target = new CollectingTarget();
    trackedRun(target, (..._args: unknown[]) => result)(...args);
    expect(target.only.properties.tool_call_id).toBe(id);
  });

  it('takes a written name as it is', () => {
    const target = new CollectingTarget();
    trackedRun(target, () => 1, TrackToolCall('Search-Docs'))();
    expect(target.only.properties.tool_name).toBe('Search-Docs');
  });

  it("is emitted before the call with emit: 'start', with no outcome, and counts all the same", async () => {
    const target = new CollectingTarget();
    const tool = trackedRun(
      target,
      () => expect(target.events).toContain('copilot_tool_called'),
      TrackToolCall({ emit: 'start' }),
    );
    trackedRun(target, tool, TrackAgentRun())();
    const [called, run] = target.records;
    expect(called?.measured ?? {}).toEqual({});
    expect(called?.properties.tool_name).toBe('run');
    expect(run?.measured).toMatchObject({ tool_calls: 1, tool_errors: 0 });
  });
});

describe('@TrackToolCall on a class', () => {
  class Base {
    inherited() {}
  }
  @TrackToolCall()
  class Tools extends Base {
    static make() {}
    readonly field = () => 1;
    constructor() {
      super();
    }
    findAgent(id: string) {
      return this.parse(id);
    }
    async runAgent() {
      await Promise.resolve();
      this.findAgent('x');
      this.parse('x');
      return this.explicit();
    }
    parse(id: string) {
      return id;
    }
    @TrackToolCall('written')
    explicit() {
      return 1;
    }
    @SkipTracking()
    skipped() {}
    @TrackAgentRun()
    delegate() {}
    _helper() {}
    get size() {
      return 1;
    }
    onModuleInit() {}
    onApplicationBootstrap() {}
    onModuleDestroy() {}
    beforeApplicationShutdown() {}
    onApplicationShutdown() {}
  }

  it('covers its own methods, and nothing else', () => {
    expect(trackedMethods(Tools.prototype).map(({ key, decorators }) => [key, ...decorators])).toEqual([
      ['findAgent', 'TrackToolCall'],
      ['runAgent', 'TrackToolCall'],
      ['parse', 'TrackToolCall'],
      ['explicit', 'TrackToolCall'],
      ['delegate', 'TrackAgentRun', 'TrackToolCall'],
    ]);
    expect(Object.getOwnPropertyDescriptor(Tools.prototype, 'findAgent')).toMatchObject({
      enumerable: false,
      writable: true,
      configurable: true,
    });
  });

  const called = (target: CollectingTarget) => target.records.map((record) => record.properties.tool_name);

  it('does not count what a method calls on the same instance, unless that is decorated itself', async () => {
    const target = new CollectingTarget();
    const tools = bound(target, new Tools());
    expect(tools.findAgent('a')).toBe('a');
    expect(called(target)).toEqual(['find_agent']);
    await tools.runAgent();
    expect(called(target)).toEqual(['find_agent', 'written', 'run_agent']);
  });

  it('counts what a method calls on another instance of the same class', () => {
    const target = new CollectingTarget();
    const tools = bound(target, new Tools());
    const caller = trackedRun(target, () => tools.findAgent('a'), TrackToolCall('outer'));
    caller();
    expect(called(target)).toEqual(['find_agent', 'outer']);
  });

  it('counts a helper that is called from outside', () => {
    const target = new CollectingTarget();
    bound(target, new Tools()).parse('a');
    expect(called(target)).toEqual(['parse']);
  });

  it('is not counted twice where it calls the method that it overrides', () => {
    class Special extends Tools {
      @TrackToolCall('special')
      override explicit() {
        return super.explicit();
      }
    }
    const target = new CollectingTarget();
    bound(target, new Special()).explicit();
    expect(called(target)).toEqual(['special']);
  });

  it('counts on a class what a method does for somebody else', () => {
    @TrackToolCall()
    class Queue {
      next() {
        AnalyticsContext.run({ userId: 'bob' }, () => this.work());
      }
      work() {}
    }
    const target = new CollectingTarget();
    AnalyticsContext.run({ userId: 'ada' }, () => bound(target, new Queue()).next());
    expect(target.records.map(({ context }) => context.userId)).toEqual(['bob', 'ada']);
  });

  it('counts each call of one that calls itself', () => {
    class Recursive {
      @TrackToolCall()
      descend(depth: number): void {
        if (depth > 0) this.descend(depth - 1);
      }
    }
    const target = new CollectingTarget();
    bound(target, new Recursive()).descend(2);
    expect(called(target)).toHaveLength(3);
  });

  it('takes no name, which all its methods would share', () => {
    expect(() => (TrackToolCall('x') as unknown as ClassDecorator)(class Named {})).toThrow(/NAA112/);
  });
});

describe('@Track on a class', () => {
  it('tells its event for each method', () => {
    @Track('billing_used')
    class Billing {
      charge() {}
      refund() {}
    }
    const target = new CollectingTarget();
    const billing = bound(target, new Billing());
    billing.charge();
    billing.refund();
    expect(target.records.map(({ event, source }) => [event, source])).toEqual([
      ['billing_used', 'Billing.charge'],
      ['billing_used', 'Billing.refund'],
    ]);
  });
});

describe('a tracked handler calls its own tools', () => {
  it('and each is counted, being decorated itself', () => {
    class Chat {
      @TrackMessage({ message: () => 'hi' })
      send() {
        this.tool();
      }
      @TrackToolCall()
      tool() {}
    }
    const target = new CollectingTarget();
    bound(target, new Chat()).send();
    expect(target.events).toEqual(['copilot_message_sent', 'copilot_tool_called', 'copilot_response_completed']);
  });
});
