import type { ChartOptions } from 'chart.js';
import type { BarData } from './bar-figure.tsx';
import type { Colours } from './colours.ts';

/** How a chart of bars looks and what a click on a mark does. */
export function barOptions(data: BarData, colours: Colours, follow: (hash: string) => void): ChartOptions<'bar'> {
  const labels = {
    display: true,
    ticks: ticks(colours, 12),
    grid: { display: false },
    border: { color: colours.line },
  };
  const values = {
    beginAtZero: true,
    ticks: {
      ...ticks(colours, 6),
      precision: 0,
      callback: (value: string | number) => data.valueText(Number(value)),
    },
    grid: { color: colours.line },
    border: { display: false },
  };
  const labelScale = { ...labels, stacked: data.isStacked };
  const valueScale = { ...values, stacked: data.isStacked };
  return {
    indexAxis: data.isHorizontal ? 'y' : 'x',
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    scales: data.isHorizontal ? { x: valueScale, y: allLabels(labelScale) } : { x: labelScale, y: valueScale },
    onClick: (_event, [mark]) => {
      if (mark !== undefined) follow(data.hashOf(mark.datasetIndex, mark.index));
    },
    onHover: ({ native }, marks) => {
      const target = native?.target;
      if (target instanceof HTMLElement) target.style.cursor = marks.length > 0 ? 'pointer' : '';
    },
    plugins: {
      legend: {
        display: data.series.length > 1,
        position: 'bottom',
        labels: { color: colours['text-soft'], boxWidth: 10, boxHeight: 10, font: { size: 11.5 } },
      },
      tooltip: {
        backgroundColor: colours['bg-raised'],
        borderColor: colours.line,
        borderWidth: 1,
        titleColor: colours.text,
        bodyColor: colours.text,
        callbacks: {
          label: ({ dataset, raw }) => ` ${dataset.label ?? ''}: ${data.valueText(Number(raw))}`,
        },
      },
    },
  };
}

function ticks(colours: Colours, maxTicksLimit: number) {
  return { color: colours['text-soft'], font: { size: 11.5 }, maxTicksLimit, maxRotation: 0 };
}

/** Each row has its name. */
function allLabels<S extends { ticks: object }>(scale: S) {
  return { ...scale, ticks: { ...scale.ticks, autoSkip: false, maxTicksLimit: 50 } };
}
