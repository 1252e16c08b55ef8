import type { Frame } from '../../context/frame.js';
import type { RecordedModelCall } from '../recorder/recorded-model-call.js';
import type { RecordedRun } from '../recorder/recorded-run.js';
import type { RecordedTool } from '../recorder/recorded-tool.js';
import type { OtelRun } from './otel-run.js';
import type { SpanKind } from './otel-span.js';

/** An open span with what those beneath it need of it. Spans of anything else stand between those of the conventions. */
export interface OtelNode {
  readonly kind: SpanKind | undefined;
  /** Another integration tells it. */
  readonly isLeftOut: boolean;
  readonly parent: OtelNode | undefined;
  /** The frame that it was begun in. */
  readonly frame: Frame | undefined;
  /** What lies directly beneath it hangs on this. */
  readonly inside: RecordedRun | RecordedTool | undefined;
  readonly run: OtelRun | undefined;
  /** What it has begun itself, where no other span tells the same. */
  readonly call?: RecordedModelCall | undefined;
  readonly tool?: RecordedTool | undefined;
  readonly toolName?: string | undefined;
  /** A span beneath it tells the same. */
  isToldBeneath?: boolean;
}

/** The nearest span of the conventions around this one. */
export function toldAround({ parent }: OtelNode): OtelNode | undefined {
  for (let around = parent; around !== undefined; around = around.parent) {
    if (around.kind !== undefined) return around;
  }
  return undefined;
}
