import type { EventKind } from '../../../src/inbox/inbox-api.ts';
import type { Filters } from '../filters.ts';
import { durationText } from '../format.ts';
import { writeInterval } from '../interval.ts';
import { visibleText } from '../visible-text.tsx';
import type { BarData } from './bar-figure.tsx';
import type { ColourName } from './colours.ts';
import type { FunnelStep } from './funnel-figures.ts';
import type { TimeFigures } from './time-figures.ts';
import { timeLabels } from './time-labels.ts';
import type { ToolFigures } from './tool-figures.ts';

const LONGEST_NAME = 28;
const LONGEST_TOOL = 20;

export function timeData({ intervalMs, starts, series }: TimeFigures): BarData {
  const times = starts.map((start) => writeInterval([start, start + intervalMs]));
  const names = unique(series.map(({ event }) => (event === null ? 'all others' : visibleText(event, LONGEST_NAME))));
  return {
    labels: timeLabels(starts, intervalMs),
    series: series.map(({ event, counts }, place) => ({
      label: names[place] ?? '',
      colour: event === null ? 'text-faint' : seriesColour(place),
      values: counts,
    })),
    isHorizontal: false,
    isStacked: true,
    valueText: countText,
    hashOf: (of, label) =>
      hash({ ...(series[of]?.event != null && { event: series[of].event }), time: times[label] ?? '' }),
  };
}

export function toolData({ tools, outcomes }: ToolFigures): BarData {
  const names = unique(outcomes.map((outcome) => (outcome === '' ? 'no outcome' : visibleText(outcome, LONGEST_NAME))));
  return {
    labels: unique(tools.map(({ tool }) => visibleText(tool, LONGEST_TOOL))),
    series: outcomes.map((outcome, place) => ({
      label: names[place] ?? '',
      colour: outcomeColours.get(outcome) ?? seriesColour(place),
      values: tools.map(({ byOutcome }) => byOutcome.get(outcome) ?? 0),
    })),
    isHorizontal: true,
    isStacked: true,
    valueText: countText,
    hashOf: (of, label) => {
      const outcome = outcomes[of] ?? '';
      return hash({ tool: tools[label]?.tool ?? '', ...(outcome !== '' && { outcome }) });
    },
  };
}

export function durationData({ tools }: ToolFigures): BarData {
  const measured = tools.filter(({ p50 }) => p50 !== null);
  return {
    labels: unique(measured.map(({ tool }) => visibleText(tool, LONGEST_TOOL))),
    series: [
      { label: 'p50', colour: 'chart-1', values: measured.map(({ p50 }) => p50) },
      { label: 'p95', colour: 'chart-2', values: measured.map(({ p95 }) => p95) },
    ],
    isHorizontal: true,
    isStacked: false,
    valueText: (value) => (value === 0 ? '0' : durationText(value)),
    hashOf: (_of, label) => hash({ tool: measured[label]?.tool ?? '' }),
  };
}

const stepTexts: Readonly<Record<EventKind, string>> = { message: 'Message', tool: 'Tool', run: 'Run' };

export function funnelData(funnel: readonly FunnelStep[]): BarData {
  const [first] = funnel;
  const shown = first === undefined || first.conversations === 0 ? [] : funnel;
  return {
    labels: shown.map(({ kind, share }) => `${stepTexts[kind]}, ${Math.round((share ?? 0) * 100)} %`),
    series: [{ label: 'conversations', colour: 'chart-1', values: shown.map(({ conversations }) => conversations) }],
    isHorizontal: true,
    isStacked: false,
    valueText: countText,
    hashOf: (_of, label) => hash({ kind: shown[label]?.kind ?? '' }),
  };
}

const outcomeColours: ReadonlyMap<string, ColourName> = new Map([
  ['success', 'good'],
  ['error', 'bad'],
  ['aborted', 'warn'],
  ['', 'text-faint'],
]);

function seriesColour(place: number): ColourName {
  return (['chart-1', 'chart-2', 'chart-3', 'chart-4', 'chart-5', 'chart-6'] as const)[place % 6] ?? 'chart-1';
}

/** Names that were cut may be the same; chart and table need them apart. */
function unique(names: readonly string[]): string[] {
  return names.map((name, place) => (names.indexOf(name) === place ? name : `${name} (${place + 1})`));
}

function hash(filters: Filters): string {
  return `#${new URLSearchParams(filters).toString()}`;
}

function countText(count: number): string {
  return count.toLocaleString();
}
