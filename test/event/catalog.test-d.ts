// Checked by tsc, not run.
import { expectTypeOf } from 'vitest';
import { z } from 'zod';
import { defineEvents, type CaptureArguments, type EventName, type EventProperties } from '../../src/event/catalog.js';

export const events = defineEvents({
  type_test_plan: z.object({ plan: z.enum(['pro', 'team']), seats: z.string().default('1') }),
  type_test_optional: z.object({ colour: z.string().optional() }),
});

declare module '../../src/event/catalog.js' {
  interface Register {
    events: typeof events;
  }
}

declare function capture<Event extends EventName>(
  event: Event,
  ...rest: CaptureArguments<Event, { userId?: string }>
): void;

export function calls(): void {
  capture('type_test_plan', { plan: 'pro' });
  capture('type_test_plan', { plan: 'team', seats: '5' }, { userId: 'u' });
  capture('type_test_optional');
  capture('any_other');
  capture('any_other', { anything: 1 }, { userId: 'u' });
  // @ts-expect-error -- a required property is missing
  capture('type_test_plan');
  // @ts-expect-error -- a value outside the enum
  capture('type_test_plan', { plan: 'free' });
  // @ts-expect-error -- an unknown property
  capture('type_test_optional', { color: 'red' });
}

expectTypeOf<EventProperties<'type_test_plan'>>().toEqualTypeOf<{ plan: 'pro' | 'team'; seats?: string | undefined }>();
expectTypeOf<EventProperties<'any_other'>>().toEqualTypeOf<Readonly<Record<string, unknown>>>();
