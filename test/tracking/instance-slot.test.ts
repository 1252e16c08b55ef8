import { Injectable, Module, Scope, type Type } from '@nestjs/common';
import { ContextIdFactory, LazyModuleLoader, ModuleRef, ModulesContainer } from '@nestjs/core';
import { Test, type TestingModule } from '@nestjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { CAPTURE_HANDLE } from '../../src/capture/capture-handle.js';
import { contextStorage } from '../../src/context/context-storage.js';
import { Frame } from '../../src/context/frame.js';
import { bindInstances } from '../../src/module/instance-binder.js';
import { bindInstance, handleOf } from '../../src/tracking/instance-slot.js';
import { TrackAgentRun } from '../../src/tracking/track-agent-run.decorator.js';
import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { CollectingTarget } from '../support/capture-target.js';

@Injectable()
class Tools {
  @TrackToolCall()
  find() {
    return 'found';
  }
}

async function application(
  target: CollectingTarget,
  ...providers: Parameters<typeof module>[1]
): Promise<TestingModule> {
  return module(target, providers).compile();
}

function module(
  target: CollectingTarget,
  providers: NonNullable<Parameters<typeof Test.createTestingModule>[0]['providers']>,
) {
  return Test.createTestingModule({ imports: [target.module], providers });
}

describe('an instance that Nest constructs belongs to its application', () => {
  it('as a singleton', async () => {
    const target = new CollectingTarget();
    const app = await application(target, Tools);
    expect(app.get(Tools).find()).toBe('found');
    expect(target.events).toEqual(['copilot_tool_called']);
  });

  it.each([
    ['request-scoped', Scope.REQUEST],
    ['transient', Scope.TRANSIENT],
  ])('%s', async (_name, scope) => {
    @Injectable({ scope })
    class Scoped extends Tools {}
    const target = new CollectingTarget();
    const app = await application(target, Scoped);
    const first = await app.resolve(Scoped, ContextIdFactory.create());
    const second = await app.resolve(Scoped, ContextIdFactory.create());
    expect(first).not.toBe(second);
    first.find();
    second.find();
    expect(target.events).toHaveLength(2);
  });

  it('of a subclass, also one that declares tracked methods of its own and overrides', async () => {
    @Injectable()
    class Special extends Tools {
      @TrackToolCall()
      search() {
        return this.find();
      }
      override find() {
        return `specially ${super.find()}`;
      }
    }
    const target = new CollectingTarget();
    const app = await application(target, Special);
    expect(app.get(Special).search()).toBe('specially found');
    expect(target.records.map((record) => record.properties.tool_name)).toEqual(['find', 'search']);
  });

  it('that was frozen by its constructor, and stays as it was', async () => {
    @Injectable()
    class Frozen extends Tools {
      readonly own = 1;
      constructor() {
        super();
        Object.freeze(this);
      }
    }
    const target = new CollectingTarget();
    const frozen = (await application(target, Frozen)).get(Frozen);
    frozen.find();
    expect(target.events).toHaveLength(1);
    expect(Reflect.ownKeys(frozen)).toEqual(['own']);
  });

  it('that is a proxy', async () => {
    @Injectable()
    class Proxied extends Tools {
      constructor() {
        super();
        return new Proxy(this, {});
      }
    }
    const target = new CollectingTarget();
    (await application(target, Proxied)).get(Proxied).find();
    expect(target.events).toHaveLength(1);
  });

  it('of a module that is loaded lazily', async () => {
    @Module({ providers: [Tools], exports: [Tools] })
    class LazyModule {}
    const target = new CollectingTarget();
    const app = await application(target);
    const lazy = await app.get(LazyModuleLoader).load(() => LazyModule);
    lazy.get(Tools).find();
    expect(target.events).toHaveLength(1);
  });

  it('created by ModuleRef', async () => {
    const target = new CollectingTarget();
    const app = await application(target);
    (await app.get(ModuleRef).create(Tools)).find();
    expect(target.events).toHaveLength(1);
  });

  it('and not to another one in the same process', async () => {
    const [one, two] = [new CollectingTarget(), new CollectingTarget()];
    const first = await application(one, Tools);
    const second = await application(two, Tools);
    first.get(Tools).find();
    second.get(Tools).find();
    second.get(Tools).find();
    expect(one.events).toHaveLength(1);
    expect(two.events).toHaveLength(2);
  });
});

describe('two loaded copies of the library', () => {
  it('meet: on a subclass, on one method, in one trace', async () => {
    vi.resetModules();
    const other = await import('../../src/tracking/track-agent-run.decorator.js');
    expect(other.TrackAgentRun).not.toBe(TrackAgentRun);
    @Injectable()
    class Special extends Tools {
      @TrackToolCall('run_agent')
      @other.TrackAgentRun()
      async run() {
        await Promise.resolve();
        return this.find();
      }
    }
    const target = new CollectingTarget();
    expect(await (await application(target, Special)).get(Special).run()).toBe('found');
    expect(target.events).toEqual(['copilot_tool_called', 'copilot_agent_run_success', 'copilot_tool_called']);
    expect(new Set(target.records.map((record) => record.traceId)).size).toBe(1);
    expect(target.records[0]?.parentSpanId).toBe(target.records[1]?.spanId);
  });
});

describe('an instance that Nest does not construct', () => {
  it.each<[string, (tools: Tools) => unknown]>([
    ['useValue', (tools) => ({ provide: 'TOOLS', useValue: tools })],
    ['useFactory', (tools) => ({ provide: 'TOOLS', useFactory: () => tools })],
    ['a factory that gives a proxy', (tools) => ({ provide: 'TOOLS', useFactory: () => new Proxy(tools, {}) })],
    ['a frozen value', (tools) => ({ provide: 'TOOLS', useValue: Object.freeze(tools) })],
  ])('is bound at bootstrap: %s', async (_name, provider) => {
    const target = new CollectingTarget();
    const app = await application(target, provider(new Tools()) as Type);
    bindInstances(app.get(ModulesContainer), target.handle);
    expect(app.get<Tools>('TOOLS').find()).toBe('found');
    expect(target.events).toHaveLength(1);
  });

  it('runs untracked after a plain new, unless the work around it belongs to an application', () => {
    const target = new CollectingTarget();
    expect(new Tools().find()).toBe('found');
    expect(target.events).toEqual([]);
    const frame = new Frame(undefined, { userId: 'u1' }, target.handle, undefined);
    contextStorage.run(frame, () => new Tools().find());
    expect(target.only.context.userId).toBe('u1');
  });

  it('is not tracked in a unit test without the module, and needs nothing of it', async () => {
    const app = await Test.createTestingModule({ providers: [Tools] }).compile();
    expect(app.get(Tools).find()).toBe('found');
    expect(handleOf(app.get(Tools))).toBeUndefined();
  });
});

describe('an application', () => {
  it('that is closed, or whose analytics is off, runs its methods untracked', async () => {
    const target = new CollectingTarget();
    const app = await application(target, Tools);
    target.handle.target = undefined;
    expect(app.get(Tools).find()).toBe('found');
    const frame = new Frame(undefined, {}, new CollectingTarget().handle, undefined);
    expect(contextStorage.run(frame, () => app.get(Tools).find())).toBe('found');
    expect(target.events).toEqual([]);
  });
});

describe('what is no handle is refused', () => {
  const anything: object = new Proxy(() => anything, {
    get: (_target, key) => (key === 'then' ? undefined : anything),
  });

  it('from an auto-mocking test, whatever its mocks answer', async () => {
    const app = await Test.createTestingModule({ providers: [Tools] })
      .useMocker((token) => (token === CAPTURE_HANDLE ? anything : {}))
      .compile();
    expect(app.get(Tools).find()).toBe('found');
    expect(handleOf(app.get(Tools))).toBeUndefined();
  });

  it('where the method is called on a mock, a primitive or nothing', () => {
    const refusing = new Proxy(
      {},
      {
        get() {
          throw new Error('refused');
        },
      },
    );
    const { value: find } = Object.getOwnPropertyDescriptor(Tools.prototype, 'find') as { value: () => string };
    for (const self of [anything, refusing, undefined, null, 7, 'text']) expect(find.call(self)).toBe('found');
  });

  it('and does not replace the handle that an instance has', () => {
    const { handle } = new CollectingTarget();
    const tools = new Tools();
    bindInstance(tools, handle);
    bindInstance(tools, anything as typeof handle);
    expect(handleOf(tools)).toBe(handle);
    expect(handleOf(anything)).toBeUndefined();
  });

  it('by bindInstance, which tells whether an object can be bound', () => {
    const { handle } = new CollectingTarget();
    expect(bindInstance(new Tools(), handle)).toBe(true);
    expect(bindInstance({}, handle)).toBe(false);
    expect(bindInstance(Object.freeze(new Tools()), handle)).toBe(true);
  });
});
