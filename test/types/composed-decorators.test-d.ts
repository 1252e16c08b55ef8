import { applyDecorators, Injectable, UseGuards, type CanActivate } from '@nestjs/common';
import {
  SkipTracking,
  Track,
  TrackAgentRun,
  TrackAgentSchedule,
  TrackGeneration,
  TrackMessage,
  TrackToolCall,
  TrackTriggerSetup,
} from '../../src/index.js';

// Compiled by the type check: each line that must not compile says so.

declare const Guard: new () => CanActivate;

export const Composed = {
  message: () => applyDecorators(TrackMessage(), UseGuards(Guard)),
  told: () => applyDecorators(UseGuards(Guard), TrackMessage({ message: ({ args }) => String(args[0]) })),
  tool: () => applyDecorators(TrackToolCall(), UseGuards(Guard)),
  named: () => applyDecorators(TrackToolCall('find', { properties: ({ args }) => ({ count: args.length }) })),
  run: () => applyDecorators(TrackAgentRun({ outcome: () => 'queued' })),
  schedule: () => applyDecorators(TrackAgentSchedule()),
  trigger: () => applyDecorators(TrackTriggerSetup()),
  model: () => applyDecorators(TrackGeneration()),
  own: () => applyDecorators(Track('own_event', { when: ({ args }) => args.length > 0 }), SkipTracking()),
  tools: () => applyDecorators(Injectable(), TrackToolCall()),
};

@Composed.tools()
export class Methods {
  @Composed.message()
  @Composed.named()
  send(_body: { message: string }): string {
    return '';
  }

  // Put on a method that they do not fit, they still do not compile.
  // @ts-expect-error the argument is a number
  @TrackMessage({ message: ({ args: [length] }) => length === 'long' })
  typed(_length: number): void {}

  // @ts-expect-error no method
  @TrackMessage()
  get accessor(): number {
    return 1;
  }

  // @ts-expect-error no method
  @TrackMessage()
  field = () => 1;
}
