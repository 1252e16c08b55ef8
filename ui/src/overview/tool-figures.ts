import type { FigureRow } from './figures.ts';

/** How each tool fares. */
export interface ToolFigures {
  /** The most called first. */
  readonly tools: readonly ToolFigure[];
  /** All outcomes that occur, the most frequent first; an event without one counts as `''`. */
  readonly outcomes: readonly string[];
  /** Tools that are not listed, because others are called more. */
  readonly hidden: number;
}

interface ToolFigure {
  readonly tool: string;
  readonly calls: number;
  readonly byOutcome: ReadonlyMap<string, number>;
  /** Milliseconds, of the calls whose duration is known; `null` where none is. */
  readonly p50: number | null;
  readonly p95: number | null;
}

const MOST_TOOLS = 12;

export function toolFigures(rows: readonly FigureRow[]): ToolFigures {
  const byTool = new Map<string, FigureRow[]>();
  const outcomes = new Map<string, number>();
  for (const row of rows) {
    if (row.tool === null) continue;
    const calls = byTool.get(row.tool) ?? [];
    byTool.set(row.tool, calls);
    calls.push(row);
    outcomes.set(row.outcome ?? '', (outcomes.get(row.outcome ?? '') ?? 0) + 1);
  }
  const sorted = [...byTool].sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || a.localeCompare(b));
  return {
    tools: sorted.slice(0, MOST_TOOLS).map(([tool, calls]) => figureOf(tool, calls)),
    outcomes: [...outcomes].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([outcome]) => outcome),
    hidden: Math.max(0, sorted.length - MOST_TOOLS),
  };
}

function figureOf(tool: string, calls: readonly FigureRow[]): ToolFigure {
  const byOutcome = new Map<string, number>();
  for (const { outcome } of calls) byOutcome.set(outcome ?? '', (byOutcome.get(outcome ?? '') ?? 0) + 1);
  const durations = calls.flatMap(({ durationMs }) => (durationMs === null ? [] : [durationMs])).sort((a, b) => a - b);
  return { tool, calls: calls.length, byOutcome, p50: quantile(durations, 0.5), p95: quantile(durations, 0.95) };
}

/** The smallest of the sorted values that at least this share of them does not exceed: one that was measured. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
