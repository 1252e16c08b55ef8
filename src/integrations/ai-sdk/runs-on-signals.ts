import { reasonOfAbort } from '../../capture/abort-reason.js';
import type { RecordedRun } from '../recorder/recorded-run.js';
import type { RunRecorder } from '../recorder/run-recorder.js';

/**
 * Ends runs when their signal is aborted, where nothing else is told of it. Many runs may share a signal that outlives
 * them: it has one listener, since Node warns of more than ten, and holds those runs only that are open.
 */
export class RunsOnSignals {
  private readonly bySignal = new WeakMap<AbortSignal, Set<RecordedRun>>();

  constructor(private readonly recorder: RunRecorder) {}

  watch(run: RecordedRun, signal: AbortSignal): void {
    if (signal.aborted) return endAborted(run, signal);
    const runs = this.bySignal.get(signal) ?? this.listenTo(signal);
    runs.add(run);
    run.frame.whenClosed(() => runs.delete(run));
  }

  private listenTo(signal: AbortSignal): Set<RecordedRun> {
    const runs = new Set<RecordedRun>();
    this.bySignal.set(signal, runs);
    // What a listener throws would end the process.
    const aborted = this.recorder.guard('aiSdk() abort', () => {
      for (const run of [...runs]) endAborted(run, signal);
    });
    signal.addEventListener('abort', () => aborted(), { once: true });
    return runs;
  }
}

function endAborted(run: RecordedRun, signal: AbortSignal): void {
  run.end({ outcome: 'aborted', abortReason: reasonOfAbort(signal.reason, run.outer) });
}
