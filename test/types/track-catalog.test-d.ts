import { applyDecorators } from '@nestjs/common';
import { expectTypeOf } from 'vitest';
import { Track, type TrackEventOptions } from '../../src/index.js';

// Compiled by the type check: each line that must not compile says so. The events are those of catalog.test-d.ts.

interface Plan {
  readonly name: 'pro' | 'team';
  readonly seats: number;
}

export class Typed {
  @Track('type_test_plan', { properties: ({ args: [plan] }) => ({ plan: plan.name, seats: String(plan.seats) }) })
  upgrade(_plan: Plan): void {}

  @Track('type_test_plan', { properties: ({ result }) => ({ plan: result }), errorProperties: () => ({ plan: 'pro' }) })
  async later(): Promise<'pro' | 'team'> {
    return 'pro';
  }

  @Track('type_test_optional')
  bare(): void {}

  @Track('type_test_optional', { emit: 'start', properties: ({ result }) => (result ? { colour: 'red' } : undefined) })
  optional(): boolean {
    return true;
  }

  @Track('any_other', { properties: ({ result }) => result })
  undeclared(): Plan {
    return { name: 'pro', seats: 1 };
  }

  @Track('any_other')
  withoutOptions(): void {}
}

@Track('type_test_plan', { properties: () => ({ plan: 'team' }) })
export class OnAClass {
  upgrade(): void {}
}

export const composed = () => applyDecorators(Track('type_test_plan', { properties: () => ({ plan: 'team' }) }));

export class Refused {
  // @ts-expect-error the event has a plan
  @Track('type_test_plan')
  missing(): void {}

  // @ts-expect-error the event has a plan
  @Track('type_test_plan', { when: () => true })
  missingAmongOthers(): void {}

  // @ts-expect-error a value outside the enum
  @Track('type_test_plan', { properties: () => ({ plan: 'free' }) })
  wrongValue(): void {}

  // @ts-expect-error always
  @Track('type_test_plan', { properties: ({ result }) => (result ? { plan: 'pro' } : undefined) })
  sometimes(): boolean {
    return true;
  }

  // @ts-expect-error no such property
  @Track('type_test_optional', { properties: () => ({ color: 'red' }) })
  unknownProperty(): void {}

  // @ts-expect-error not on errors either
  @Track('type_test_plan', { properties: () => ({ plan: 'pro' }), errorProperties: () => ({ plan: 1 }) })
  wrongOnErrors(): void {}

  // @ts-expect-error callbacks are synchronous
  @Track('type_test_plan', { properties: async () => ({ plan: 'pro' }) })
  asynchronous(): void {}

  // @ts-expect-error no such option
  @Track('type_test_optional', { property: () => ({}) })
  wrongOption(): void {}
}

expectTypeOf<TrackEventOptions<'type_test_plan'>['when']>().toEqualTypeOf<TrackEventOptions['when']>();
