import { Test } from '@nestjs/testing';
import { expect, it, onTestFinished } from 'vitest';
import type { GroupDetails } from '../../src/capture/person-events.js';
import { AnalyticsService } from '../../src/capture/analytics.service.js';
import { AnalyticsRecorder, AnalyticsTestingModule } from '../../src/testing/index.js';

/** A method, handed on without its object. */
function alone<K extends keyof AnalyticsService>(service: AnalyticsService, name: K): AnalyticsService[K] {
  return service[name];
}

it('has methods that can be handed on by themselves', async () => {
  const module = await Test.createTestingModule({ imports: [AnalyticsTestingModule.forRoot()] }).compile();
  await module.init();
  onTestFinished(() => module.close());
  const capture = alone(module.get(AnalyticsService), 'capture');
  const trackToolCalled = alone(module.get(AnalyticsService), 'trackToolCalled');
  const captureException = alone(module.get(AnalyticsService), 'captureException');
  const flush = alone(module.get(AnalyticsService), 'flush');
  const stats = alone(module.get(AnalyticsService), 'stats');
  capture('report_ready', { pages: 3 });
  trackToolCalled({ toolName: 'find' });
  await Promise.reject(new Error('x')).catch(captureException);
  await flush();
  expect(stats().accepted).toBe(3);
  expect(
    module
      .get(AnalyticsRecorder)
      .events()
      .map(({ event }) => event),
  ).toEqual(['report_ready', 'copilot_tool_called', '$exception']);
});

it('keeps what a subclass makes of a method', () => {
  class Loud extends AnalyticsService {
    readonly heard: string[] = [];
    override group({ type }: GroupDetails): void {
      this.heard.push(type);
    }
  }
  const loud = new Loud();
  alone(loud, 'group')({ type: 'company', key: 'acme' });
  expect(loud.heard).toEqual(['company']);
});
