import { AiEvents, type AiSettings } from '../../../src/capture/ai-events.js';
import type { EventRecord } from '../../../src/delivery/event-record.js';
import { RunRecorder, type RecorderOptions } from '../../../src/integrations/recorder/run-recorder.js';
import { CollectingTarget } from '../../support/capture-target.js';

/** An application's analytics with traces on, and a recorder over it. */
export class RecordingTarget extends CollectingTarget {
  override readonly ai: AiEvents;
  readonly recorder: RunRecorder;

  constructor(settings: Partial<AiSettings> = {}, options: Partial<RecorderOptions> = {}) {
    super();
    const defaults: AiSettings = {
      traces: true,
      generations: 'ours',
      captureContent: new Set(),
      captureErrorMessages: false,
    };
    this.ai = new AiEvents({ ...defaults, ...settings }, (record) => this.record(record));
    this.recorder = new RunRecorder(this, { toolEvents: {}, ...options }, this.handle);
  }

  /** The measured properties of the one record of this name. */
  measured(event: string): Record<string, unknown> {
    const [record, ...more] = this.of(event);
    if (record === undefined || more.length > 0) throw new Error(`recorded: ${this.events.join(', ')}`);
    return { ...record.properties, ...record.measured };
  }
}

/** Outcome and reason of each record, in order. */
export function ends(records: readonly EventRecord[]): string[] {
  return records.map(({ event, measured = {} }) =>
    [event, measured.outcome, measured.abort_reason].filter((word) => typeof word === 'string').join(' '),
  );
}
