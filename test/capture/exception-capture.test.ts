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

describe('ExceptionCapture', () => {
  it('records at the end of the process what is not built yet, with its type, without its message', () => {
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

  it('masks the messages, those of causes too, where they are switched on', () => {
    const { exceptions, records } = captureWith(true);
    exceptions.capture(new Error('x'), {});
    const list = ['no mail to ada@example.com', 'nor bob@example.com'].map((value) => ({ type: 'Error', value }));
    exceptions.claim({ $nestjs_agent_analytics_ticket: '1', $exception_list: list });
    expect(JSON.stringify(records)).toContain('no mail to');
    expect(JSON.stringify(records)).not.toContain('@example.com');
  });

  it('records the message at the end of the process where that is switched on', () => {
    const { exceptions, records } = captureWith(true);
    exceptions.capture('no such table', {});
    exceptions.finish();
    expect(records).toMatchObject([{ measured: { $exception_list: [{ type: 'string', value: 'no such table' }] } }]);
  });
});
