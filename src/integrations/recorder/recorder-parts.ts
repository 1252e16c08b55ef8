import type { CaptureTarget } from '../../capture/capture-handle.js';
import type { Frame } from '../../context/frame.js';
import type { OpenSpans } from './open-spans.js';
import type { RecordedSpan } from './recorded-span.js';
import type { AgentRunInfo, RecorderOptions } from './run-recorder.js';
import type { OpenToolClaims } from './tool-claims.js';
import type { WaitingRuns } from './waiting-runs.js';

/** What the recorder's spans share. */
export interface RecorderParts {
  readonly target: CaptureTarget;
  /** The application's capture handle: frames carry it. */
  readonly handle: object;
  readonly options: RecorderOptions;
  readonly open: OpenSpans<RecordedSpan>;
  readonly claims: OpenToolClaims;
  readonly waiting: WaitingRuns;
  isAgentRun(run: AgentRunInfo): boolean | undefined;
  /** Whether no other run in the same request answers the user. */
  isFirstAnswer(frame: Frame | undefined): boolean;
  firstToken(frame: Frame | undefined, at: number): void;
}
