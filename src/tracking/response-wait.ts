import type { CaptureTarget } from '../capture/capture-handle.js';
import type { Frame, TransportEnd } from '../context/frame.js';
import { abortedEnd, thrownEnd, type CallEnd } from './call-end.js';

const TRACE_HEADER = 'x-analytics-trace-id';

/** The response that carries a message's answer: the message is over when both it and the method's result are. */
export class ResponseWait {
  private writes = 0;
  private firstWriteAt: number | undefined;
  private how: 'completed' | 'closed' | undefined;
  private httpStatus: number | undefined;
  private closedAt: number | undefined;
  private closedBy: 'client_closed' | 'shutdown' = 'client_closed';
  private failure: CallEnd | undefined;

  private constructor(
    private readonly transport: TransportEnd,
    private readonly frame: Frame,
    private readonly target: CaptureTarget,
  ) {}

  /** That of the nearest frame that has one; `undefined` where the answer goes another way. */
  static around(frame: Frame | undefined, target: CaptureTarget): ResponseWait | undefined {
    for (let around = frame; around !== undefined; around = around.parent) {
      if (around.transport?.onEnd !== undefined) return new ResponseWait(around.transport, around, target);
    }
    return undefined;
  }

  get isOpen(): boolean {
    return this.how === undefined;
  }

  get hasClosed(): boolean {
    return this.how === 'closed';
  }

  get leftBy(): 'client_closed' | 'shutdown' | undefined {
    return this.hasClosed ? this.closedBy : undefined;
  }

  /** Names the message's trace in the answer, where that is wanted, and calls `ended` at the response's end. */
  begin(traceId: string | undefined, ended: () => void): void {
    if (this.target.exposeTraceId && traceId !== undefined) this.transport.setHeader?.(TRACE_HEADER, traceId);
    this.transport.onWrite?.(() => {
      if (this.writes++ === 0) this.firstWriteAt = this.target.clock.monotonic();
    });
    this.transport.onEnd?.((how, httpStatus, error) => {
      this.how = how;
      this.httpStatus = httpStatus;
      if (how === 'closed') this.closedAt = this.target.clock.monotonic();
      if (this.target.openCalls.isLeaving) this.closedBy = 'shutdown';
      if (error) this.failure = thrownEnd(error, [], this.frame);
      ended();
    });
  }

  /** Where the result shows no chunks, those that the handler wrote or piped by itself. */
  showWrites(call: { chunks: number | null; firstChunkAt: number | undefined }): void {
    if (call.chunks !== null || this.writes === 0) return;
    call.chunks = this.writes;
    call.firstChunkAt = this.firstWriteAt;
  }

  /** How the message ended, by how its result ended (`undefined`: it was still to be consumed) and the response. */
  endOf(result: CallEnd | undefined, resultEndedAt: number | undefined): { end: CallEnd; at: number } {
    const at = this.target.clock.monotonic();
    const { closedAt, httpStatus } = this;
    if (closedAt === undefined) {
      const end = result ?? abortedEnd('unconsumed');
      // What the client saw is a failure, whatever the handler thought.
      const isRefused = end.outcome === 'success' && httpStatus !== undefined && httpStatus >= 400;
      return { end: { ...end, httpStatus, outcome: isRefused ? 'error' : end.outcome }, at };
    }
    const failedBefore = result?.outcome === 'error' && (resultEndedAt ?? at) <= closedAt;
    return { end: failedBefore ? result : (this.failure ?? abortedEnd(this.closedBy)), at: closedAt };
  }
}
