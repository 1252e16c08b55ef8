import { describe, expect, it } from 'vitest';
import { ExceptionCapture } from '../../src/capture/exception-capture.js';
import type { EventCapture } from '../../src/capture/event-capture.js';
import type { EventRecord } from '../../src/delivery/event-record.js';
import { systemClock } from '../../src/event/clock.js';

function captureWith(captureErrorMessages: boolean) {
  const records: EventRecord[] = [];
  const capture = {
    clock: systemClock,
    captureErrorMessages,
    valuesFor: () => ({ userId: 'ada' }),
    record: (record: EventRecord) => records.push(record),
  } as unknown as EventCapture;
  // A client that is still being loaded when the process ends.
  const exceptions = new ExceptionCapture(capture, () => new Promise(() => undefined));
  return { exceptions, records };
}

describe('An exception captured right before the process ends', () => {
  it('goes out with its type, without its message', () => {
    const { exceptions, records } = captureWith(false);
    exceptions.capture(new TypeError('the secret plan'), { properties: { step: 1 } });
    exceptions.finish();
    exceptions.finish();
    expect(records).toMatchObject([
      {
        event: '$exception',
        context: { userId: 'ada' },
        properties: { step: 1 },
        measured: { $exception_list: [{ type: 'TypeError', value: '', mechanism: { handled: true } }] },
      },
    ]);
    expect(JSON.stringify(records)).not.toContain('secret');
  });

  it('goes out with its message where that is switched on', () => {
    const { exceptions, records } = captureWith(true);
    exceptions.capture('no such table', {});
    exceptions.finish();
    expect(records).toMatchObject([{ measured: { $exception_list: [{ type: 'string', value: 'no such table' }] } }]);
  });
});
