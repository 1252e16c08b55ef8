import { effect } from '@preact/signals';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { allRows } from '../rows.ts';
import { BarFigure } from './bar-figure.tsx';
import { followColours } from './colours.ts';
import { durationData, funnelData, timeData, toolData } from './figure-data.ts';
import { figuresOf, type Figures } from './figures.ts';

/** How often the figures are made anew while events come, in milliseconds. */
const REFRESH_MS = 500;

/** Charts of all events that the page has, whatever the filters of the feed. */
export function Overview() {
  const figures = useFigures();
  const data = useMemo(() => {
    const { time, tools, funnel } = figures;
    return { time: timeData(time), tools: toolData(tools), durations: durationData(tools), funnel: funnelData(funnel) };
  }, [figures]);
  useEffect(followColours, []);
  const { total, time, tools } = figures;
  const hiddenTools = tools.hidden === 0 ? '' : ` ${tools.hidden} more tools are called less.`;
  const outside = time.outside === 0 ? '' : ` ${time.outside} more have a time far from these, or none.`;
  return (
    <main class="overview" aria-label="Overview" data-total={total}>
      <BarFigure
        name="time"
        title="Events over time"
        note={`All ${total.toLocaleString()} events that the inbox has.${outside}`}
        labelName="From"
        data={data.time}
      />
      <BarFigure
        name="funnel"
        title="From message to tool to run"
        note="Conversations with a message; then with a tool’s call after it; then with a run after that."
        labelName="Reached"
        data={data.funnel}
      />
      <BarFigure
        name="tools"
        title="Tool calls by outcome"
        note={`How the calls of each tool ended.${hiddenTools}`}
        labelName="Tool"
        data={data.tools}
      />
      <BarFigure
        name="durations"
        title="Duration of tool calls"
        note={`Half of the calls take at most p50, 95 of 100 at most p95.${hiddenTools}`}
        labelName="Tool"
        data={data.durations}
      />
    </main>
  );
}

function useFigures(): Figures {
  const [figures, setFigures] = useState(() => figuresOf(allRows.peek().list));
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      void allRows.value;
      timer ??= setTimeout(() => {
        timer = undefined;
        setFigures(figuresOf(allRows.peek().list));
      }, REFRESH_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
  return figures;
}
