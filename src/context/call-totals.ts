import type { Frame, ModelTotals } from './frame.js';

/** What one call of a model adds to the messages and runs around it. `undefined`: not reported. */
export interface ModelUse {
  readonly model?: string | null | undefined;
  readonly inputTokens?: number | null | undefined;
  readonly outputTokens?: number | null | undefined;
  readonly costUsd?: number | null | undefined;
}

/** Counts a call of a tool for every message and run around it. On the hot path. */
export function countToolCall(around: Frame | undefined, failed: boolean): void {
  for (let frame = around; frame !== undefined; frame = frame.parent) {
    if (frame.totals === undefined) continue;
    frame.totals.toolCalls++;
    if (failed) frame.totals.toolErrors++;
  }
}

/** Counts a generation for every message and run around it. */
export function countGeneration(around: Frame | undefined, use: ModelUse): void {
  for (let frame = around; frame !== undefined; frame = frame.parent) {
    if (frame.totals !== undefined) addUse((frame.totals.models ??= noModels()), use);
  }
}

/** Marks whether what lies around waits for a human, as far as its last agent run tells. */
export function markInterrupted(around: Frame | undefined, interrupted: boolean): void {
  for (let frame = around; frame !== undefined; frame = frame.parent) {
    if (frame.totals !== undefined) (frame.totals.models ??= noModels()).interrupted = interrupted;
  }
}

/** Totals to begin with. */
export function noModels(): ModelTotals {
  return { generations: 0, model: null, inputTokens: null, outputTokens: null, costUsd: null, interrupted: false };
}

/** Adds what an earlier part of the same run came to. */
export function addTotals(to: ModelTotals, earlier: ModelTotals): void {
  to.generations += earlier.generations;
  to.model ??= earlier.model;
  to.inputTokens = sum(to.inputTokens, earlier.inputTokens);
  to.outputTokens = sum(to.outputTokens, earlier.outputTokens);
  to.costUsd = sum(to.costUsd, earlier.costUsd);
}

function addUse(to: ModelTotals, use: ModelUse): void {
  to.generations++;
  to.model = use.model ?? to.model;
  to.inputTokens = sum(to.inputTokens, use.inputTokens);
  to.outputTokens = sum(to.outputTokens, use.outputTokens);
  to.costUsd = sum(to.costUsd, use.costUsd);
}

function sum(a: number | null, b: number | null | undefined): number | null {
  return typeof b === 'number' && Number.isFinite(b) ? (a ?? 0) + b : a;
}
