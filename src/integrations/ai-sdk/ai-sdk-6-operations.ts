import { currentFrame } from '../../context/context-storage.js';
import type { Frame } from '../../context/frame.js';
import type { RecordedModelCall } from '../recorder/recorded-model-call.js';
import { RecordedRun } from '../recorder/recorded-run.js';

/** One operation of AI SDK 6, with what its hooks need to know of it. */
export interface AiSdk6Operation {
  readonly run: RecordedRun;
  readonly functionId: string | undefined;
  /** The call of the model that its current step has begun. */
  step: RecordedModelCall | undefined;
}

/** The open operations of AI SDK 6. Those whose end is never told go with the frames that they were begun in. */
export class AiSdk6Operations {
  private readonly byRun = new WeakMap<RecordedRun, AiSdk6Operation>();
  private readonly byFrame = new WeakMap<Frame | typeof noFrame, Set<AiSdk6Operation>>();

  add(run: RecordedRun, functionId: string | undefined): void {
    const operation = { run, functionId, step: undefined };
    this.byRun.set(run, operation);
    const frame = run.outer ?? noFrame;
    const inFrame = this.byFrame.get(frame) ?? new Set();
    for (const other of inFrame) if (other.run.isOver) this.remove(other);
    this.byFrame.set(frame, inFrame.add(operation));
  }

  remove(operation: AiSdk6Operation): void {
    this.byRun.delete(operation.run);
    this.byFrame.get(operation.run.outer ?? noFrame)?.delete(operation);
  }

  /** The operation that what happens now belongs to. */
  of(functionId: string | undefined): AiSdk6Operation | undefined {
    const frame = currentFrame();
    for (let around = frame; around !== undefined; around = around.parent) {
      const operation = around.call instanceof RecordedRun ? this.byRun.get(around.call) : undefined;
      if (operation !== undefined) return operation.run.isOver ? undefined : operation;
    }
    // A stream reports its steps in the context of whoever reads it, and an application's own callback loses ours.
    for (let around = frame; around !== undefined; around = around.parent) {
      const operation = this.begunIn(around, functionId);
      if (operation !== undefined) return operation;
    }
    return this.begunIn(noFrame, functionId);
  }

  /** The last: of a stream that failed nothing is told, and then it is tried again. */
  private begunIn(frame: Frame | typeof noFrame, functionId: string | undefined): AiSdk6Operation | undefined {
    const operations = [...(this.byFrame.get(frame) ?? [])];
    return operations.findLast((operation) => operation.functionId === functionId && !operation.run.isOver);
  }
}

const noFrame = Object.freeze({});
