import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from 'chart.js';
import { useEffect, useRef } from 'preact/hooks';
import type { BarData } from './bar-figure.tsx';
import { barOptions } from './bar-options.ts';
import { colours, type Colours } from './colours.ts';

// Only what bars need: the rest of chart.js is not bundled.
Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

const TALL = 220;
const ROW = 30;
const AROUND = 66;

/** The chart itself. Whoever does not see it reads the table: it has no keys of its own. */
export function BarChart({ data, description }: { data: BarData; description: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart<'bar', (number | null)[], string> | null>(null);
  const inUse = colours.value;
  useEffect(() => {
    if (canvas.current === null || inUse === null) return;
    const options = barOptions(data, inUse, (hash) => (location.hash = hash));
    if (chart.current === null) {
      chart.current = new Chart(canvas.current, { type: 'bar', data: chartData(data, inUse), options });
    } else {
      Object.assign(chart.current, { options });
      chart.current.data = chartData(data, inUse);
      chart.current.update('none');
    }
  }, [data, inUse]);
  useEffect(() => () => chart.current?.destroy(), []);
  const height = data.isHorizontal ? data.labels.length * ROW + AROUND : TALL;
  return (
    <div class="figure-chart" style={{ height: `${height}px` }}>
      <canvas ref={canvas} role="img" aria-label={description} />
    </div>
  );
}

function chartData(data: BarData, inUse: Colours) {
  return {
    labels: [...data.labels],
    datasets: data.series.map(({ label, colour, values }) => ({
      label,
      // The smallest mark is wide enough to be clicked, and none stands for nothing.
      data: values.map((value) => value || null),
      backgroundColor: inUse[colour],
      maxBarThickness: 26,
      // What is small next to others can still be pointed at.
      minBarLength: 2,
    })),
  };
}
