import 'reflect-metadata';
import {
  Controller,
  Get,
  Injectable,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { contextStorage } from '../../src/context/context-storage.js';
import { Frame } from '../../src/context/frame.js';
import { AnalyticsInterceptor } from '../../src/requests/analytics.interceptor.js';
import { bindInstance } from '../../src/tracking/instance-slot.js';
import { TrackAgentRun } from '../../src/tracking/track-agent-run.decorator.js';
import { TrackMessage } from '../../src/tracking/track-message.decorator.js';
import { TrackToolCall } from '../../src/tracking/track-tool-call.decorator.js';
import { Track } from '../../src/tracking/track.decorator.js';
import { trackedMethods } from '../../src/tracking/tracked-methods.js';
import { CollectingTarget } from '../support/capture-target.js';
import { trackedRun } from '../support/tracked-run.js';

/** Whatever a decorator of another library may leave on a method. */
const Labelled = (label: string): MethodDecorator => {
  return (_target, _key, descriptor) => {
    Reflect.defineMetadata('label', label, descriptor.value as object);
    Object.assign(descriptor.value as object, { [`label_${label}`]: true });
  };
};

const methodOf = (declaring: { prototype: object }, key: string): object => {
  return Reflect.get(declaring.prototype, key) as object;
};

describe('a wrapped method', () => {
  it('keeps name, length, properties and metadata of the method', () => {
    class Tools {
      @TrackToolCall()
      @Labelled('below')
      async findAgent(_a: string, _b = 2) {
        return 'found';
      }
    }
    const method = methodOf(Tools, 'findAgent') as { name: string; label_below: boolean };

    expect(method.name).toBe('findAgent');
    expect(method).toHaveLength(1);
    expect(method.label_below).toBe(true);
    expect(Reflect.getMetadata('label', method)).toBe('below');
    expect(Object.getOwnPropertyDescriptor(Tools.prototype, 'findAgent')).toMatchObject({
      enumerable: false,
      configurable: true,
      writable: true,
    });
    expect(Object.hasOwn(method, 'prototype')).toBe(false);
  });

  it('takes what decorators above it leave', () => {
    class Tools {
      @Labelled('above')
      @TrackToolCall()
      findAgent() {
        return 'found';
      }
    }
    expect(Reflect.getMetadata('label', methodOf(Tools, 'findAgent'))).toBe('above');
  });

  it.each(['above', 'below'] as const)(
    'is the handler that Nest routes, guards and reads metadata of: %s',
    async (where) => {
      const seen: unknown[] = [];
      @Injectable()
      class Guard implements CanActivate {
        constructor(private readonly reflector: Reflector) {}
        canActivate(context: ExecutionContext) {
          seen.push(this.reflector.get('role', context.getHandler()));
          return true;
        }
      }
      const target = new CollectingTarget();
      const decorate = (): MethodDecorator => {
        const ours = TrackToolCall('greet') as MethodDecorator;
        const theirs: MethodDecorator[] = [Get('hello'), UseGuards(Guard), SetMetadata('role', 'user')];
        return (prototype, key, descriptor) => {
          const ordered = where === 'above' ? [...theirs, ours] : [ours, ...theirs];
          for (const decorator of ordered) decorator(prototype, key, descriptor);
        };
      };
      @Controller()
      class Greeter {
        @decorate()
        greet() {
          return 'hello';
        }
      }
      const module = await Test.createTestingModule({ imports: [target.module], controllers: [Greeter] }).compile();
      const app = module.createNestApplication();
      await app.listen(0, '127.0.0.1');
      const response = await fetch(`${await app.getUrl()}/hello`);
      expect(await response.text()).toBe('hello');
      await app.close();
      expect(seen).toEqual(['user']);
      expect(target.properties).toMatchObject({ tool_name: 'greet', outcome: 'success' });
    },
  );

  it('puts the interceptor on its handler once, and keeps those that are there', () => {
    class Other implements NestInterceptor {
      intercept(): never {
        throw new Error('not called');
      }
    }
    class Chat {
      @UseInterceptors(Other)
      @TrackMessage()
      @TrackToolCall()
      @UseInterceptors(Other)
      send() {}
    }
    const interceptors = Reflect.getMetadata('__interceptors__', methodOf(Chat, 'send')) as unknown[];
    expect(interceptors.filter((each) => each === AnalyticsInterceptor)).toHaveLength(1);
    expect(interceptors.filter((each) => each === Other)).toHaveLength(2);
  });

  it('gives back what the method returns and throws, and passes this and all arguments on', async () => {
    const failure = new Error('no');
    const target = new CollectingTarget();
    class Tools {
      readonly factor = 2;
      @TrackToolCall()
      double(...values: number[]) {
        return values.map((value) => value * this.factor);
      }
      @TrackToolCall()
      fail(): never {
        throw failure;
      }
      @TrackToolCall()
      async reject(): Promise<never> {
        throw failure;
      }
    }
    const tools = new Tools();
    bindInstance(tools, target.handle);

    expect(tools.double(1, 2, 3)).toEqual([2, 4, 6]);
    expect(() => tools.fail()).toThrow(failure);
    await expect(tools.reject()).rejects.toBe(failure);
    expect(target.records.map((record) => record.measured?.outcome)).toEqual(['success', 'error', 'error']);
  });

  it('can be stubbed and restored like any other', async () => {
    class Tools {
      @TrackToolCall()
      find() {
        return 'real';
      }
    }
    const tools = new Tools();
    const { vi } = await import('vitest');
    const spy = vi.spyOn(tools, 'find').mockReturnValue('stub');
    expect(tools.find()).toBe('stub');
    spy.mockRestore();
    expect(tools.find()).toBe('real');
  });
});

describe('decorators stacked on one method', () => {
  it('share one call, one trace and one span', async () => {
    const target = new CollectingTarget();
    class Tools {
      @TrackToolCall('run_agent')
      @TrackAgentRun({ outcome: ({ result }) => (result.queued ? 'queued' : 'success') })
      async runAgent(_graphId: string) {
        return { queued: true, executionId: 'e1' };
      }
    }
    const tools = new Tools();
    bindInstance(tools, target.handle);
    await tools.runAgent('g1');

    expect(target.events).toEqual(['copilot_agent_run_started', 'copilot_tool_called']);
    const [run, tool] = target.records;
    expect(run?.measured?.outcome).toBe('queued');
    expect(tool?.measured?.outcome).toBe('success');
    expect(tool?.spanId).toBe(run?.spanId);
    expect(tool?.traceId).toBe(run?.traceId);
    // A tool does not count as called by the run that it is itself.
    expect(run?.measured?.tool_calls).toBe(0);
  });

  it('each count their own calls where another decorator wraps between them', () => {
    const Twice: MethodDecorator = (_target, _key, descriptor) => {
      const method = descriptor.value as unknown as () => unknown;
      descriptor.value = function (this: unknown) {
        method.call(this);
        return method.call(this);
      } as never;
    };
    const target = new CollectingTarget();
    class Tools {
      @TrackToolCall()
      @Twice
      @Track('attempted')
      find() {
        return 1;
      }
    }
    const tools = new Tools();
    bindInstance(tools, target.handle);
    expect(tools.find()).toBe(1);
    expect(target.events).toEqual(['attempted', 'attempted', 'copilot_tool_called']);
    expect(trackedMethods(Tools.prototype)).toEqual([
      { key: 'find', where: 'Tools.find', decorators: ['Track', 'TrackToolCall'] },
    ]);
  });

  it('may be two @Track with different events', () => {
    const target = new CollectingTarget();
    class Plans {
      @Track('plan_changed')
      @Track('plan_upgraded')
      upgrade() {}
    }
    const plans = new Plans();
    bindInstance(plans, target.handle);
    plans.upgrade();
    expect(target.events).toEqual(['plan_upgraded', 'plan_changed']);
  });
});

describe('a decorator in the wrong place says so when the class is declared', () => {
  it('twice on one method', () => {
    expect(() => {
      class Tools {
        @TrackToolCall('a')
        @TrackToolCall('b')
        find() {}
      }
      return Tools;
    }).toThrow(/NAA111 @TrackToolCall stands twice on Tools\.find/);
  });

  it('on an arrow-function field', () => {
    expect(() => {
      class Tools {
        // @ts-expect-error it is no method
        @TrackToolCall()
        find = () => 1;
      }
      return Tools;
    }).toThrow(/NAA110 @TrackToolCall was put on Tools\.find, which is no method \(an arrow-function field/);
  });

  it('on an accessor', () => {
    expect(() => {
      class Tools {
        // @ts-expect-error it is no method
        @TrackAgentRun()
        get found() {
          return 1;
        }
      }
      return Tools;
    }).toThrow(/NAA110 @TrackAgentRun was put on Tools\.found/);
  });

  it('on a parameter', () => {
    const onParameter = TrackToolCall() as unknown as ParameterDecorator;
    expect(() => {
      class Tools {
        find(@onParameter _input: string) {}
      }
      return Tools;
    }).toThrow(/NAA110 @TrackToolCall was put on Tools\.find/);
    expect(() => {
      class Tools {
        constructor(@onParameter readonly input: string) {}
      }
      return Tools;
    }).toThrow(/NAA110 @TrackToolCall was put on Tools\.constructor/);
  });

  it('on a class where it tracks single methods', () => {
    const onClass = TrackAgentRun() as unknown as ClassDecorator;
    expect(() => {
      @onClass
      class Tools {}
      return Tools;
    }).toThrow(/NAA112 @TrackAgentRun was put on the class Tools/);
  });

  it('compiled as a standard decorator', () => {
    const standard = TrackToolCall() as unknown as (value: () => void, context: { kind: string }) => void;
    expect(() => standard(() => undefined, { kind: 'method' })).toThrow(/NAA113 .*experimentalDecorators/);
  });
});

describe('trackedMethods', () => {
  it('lists inherited methods, without those that an override hides', () => {
    class Base {
      @TrackToolCall()
      find() {}
      @TrackToolCall()
      search() {}
    }
    class Special extends Base {
      override search() {}
      @TrackMessage()
      send() {}
    }
    expect(trackedMethods(Special.prototype)).toEqual([
      { key: 'send', where: 'Special.send', decorators: ['TrackMessage'] },
      { key: 'find', where: 'Base.find', decorators: ['TrackToolCall'] },
    ]);
  });
});

it('A method whose own application is over is tracked for the one that its work runs in', () => {
  const [over, running] = [new CollectingTarget(), new CollectingTarget()];
  const run = trackedRun(over, () => 1);
  const frame = new Frame(undefined, {}, running.handle, undefined);
  over.handle.target = undefined;
  expect(contextStorage.run(frame, run)).toBe(1);
  expect([over.events, running.events]).toEqual([[], ['copilot_tool_called']]);
});
