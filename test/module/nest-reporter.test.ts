import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { messages } from '../../src/event/messages.js';
import { NestReporter } from '../../src/module/nest-reporter.js';
import { FakeClock } from '../support/fake-clock.js';

describe('NestReporter', () => {
  const lines: string[] = [];
  beforeEach(() => {
    lines.length = 0;
    const write = (line: string): void => void lines.push(line);
    Logger.overrideLogger({ log: write, warn: write, error: write });
  });
  afterEach(() => Logger.overrideLogger(false));

  it('says a warning once for each subject, and remembers how often and since when', () => {
    const clock = new FakeClock();
    const reporter = new NestReporter(clock);
    const firstAt = clock.now();
    reporter.warnOnce(messages.beforeSendThrew('TypeError'), 'a');
    clock.advance(1_000);
    reporter.warnOnce(messages.beforeSendThrew('TypeError'), 'a');
    reporter.warnOnce(messages.beforeSendThrew('RangeError'), 'b');
    expect(lines).toHaveLength(2);
    expect(reporter.said()).toMatchObject([
      { kind: 'warning', count: 2, firstAt, lastAt: firstAt + 1_000, message: { code: 'NAA205' } },
      { kind: 'warning', count: 1, firstAt: firstAt + 1_000 },
    ]);
  });

  it('remembers a trouble while it lasts', () => {
    const reporter = new NestReporter();
    reporter.troubleBegins('delivery', messages.keyRefused('posthog.test'), 'error');
    reporter.troubleBegins('delivery', messages.keyRefused('posthog.test'), 'error');
    expect(reporter.said()).toMatchObject([{ kind: 'trouble', level: 'error', count: 2 }]);
    reporter.troubleEnds('delivery', messages.deliveryResumed('posthog.test', 3));
    expect(reporter.said()).toEqual([]);
    expect(lines).toHaveLength(2);
  });

  it('keeps a bounded number of warnings, and is not broken by a logger that is', () => {
    const reporter = new NestReporter();
    vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {
      throw new Error('broken');
    });
    for (let number = 0; number < 2_000; number++) reporter.warnOnce(messages.tapSlow('Sink'), `${number}`);
    vi.restoreAllMocks();
    expect(reporter.said()).toHaveLength(1_000);
  });
});
