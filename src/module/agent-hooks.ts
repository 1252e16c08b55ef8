import type { CaptureTarget } from '../capture/capture-handle.js';
import type { Clock, TimerHandle } from '../event/clock.js';
import { registerIntegrations } from '../integrations/register-integrations.js';
import { RunRecorder } from '../integrations/recorder/run-recorder.js';
import type { AgentSettings } from './agent-settings.js';
import { warnOfOldFrameworks } from './old-frameworks.js';

const SWEEP_MS = 60_000;

/** The agent frameworks of one application, from its bootstrap to its end; and what clears away what never ends. */
export class AgentHooks {
  private readonly recorder: RunRecorder | undefined;
  private readonly unregister: () => void;
  private timer: TimerHandle | undefined;

  constructor(
    settings: AgentSettings,
    private readonly target: CaptureTarget,
    handle: object,
    private readonly clock: Clock,
  ) {
    const { integrations } = settings;
    if (integrations.length > 0) this.recorder = new RunRecorder(target, settings, handle);
    warnOfOldFrameworks(integrations, target.reporter);
    this.unregister =
      this.recorder === undefined
        ? () => undefined
        : registerIntegrations(integrations, this.recorder, target.reporter);
    this.sweepLater();
  }

  /** Takes the hooks away and ends what is open; a second time it does nothing. */
  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.unregister();
    this.recorder?.close();
  }

  private sweepLater(): void {
    this.timer = this.clock.setTimer(() => {
      this.target.openCalls.sweep();
      this.recorder?.sweep();
      this.sweepLater();
    }, SWEEP_MS);
  }
}
