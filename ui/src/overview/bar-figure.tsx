import { BarChart } from './bar-chart.tsx';
import type { ColourName } from './colours.ts';

/** Numbers by label and series, each a mark that leads into the feed. */
export interface BarData {
  readonly labels: readonly string[];
  readonly series: readonly BarSeries[];
  readonly isHorizontal: boolean;
  readonly isStacked: boolean;
  readonly valueText: (value: number) => string;
  /** The address behind `#` where the feed shows what a mark counts. */
  readonly hashOf: (series: number, label: number) => string;
}

interface BarSeries {
  readonly label: string;
  readonly colour: ColourName;
  /** One for each label; `null` where nothing is known. */
  readonly values: readonly (number | null)[];
}

interface BarFigureProps {
  /** The table's `data-figure`. */
  readonly name: string;
  readonly title: string;
  readonly note: string;
  /** What the labels are, as the table's first column is headed. */
  readonly labelName: string;
  readonly data: BarData;
}

/** A chart, and the same numbers as a table for those who can't see it or want to read them. */
export function BarFigure({ name, title, note, labelName, data }: BarFigureProps) {
  const isEmpty = data.labels.length === 0;
  return (
    <section class="figure" aria-labelledby={`figure-${name}`}>
      <h2 id={`figure-${name}`}>{title}</h2>
      <p class="figure-note">{note}</p>
      {isEmpty ? (
        <p class="figure-empty">Nothing to count yet.</p>
      ) : (
        <>
          <BarChart data={data} description={`${title}, as a chart; the numbers stand in the table below.`} />
          <details class="figure-numbers">
            <summary>Numbers</summary>
            <div class="figure-table">
              <NumberTable name={name} title={title} labelName={labelName} data={data} />
            </div>
          </details>
        </>
      )}
    </section>
  );
}

function NumberTable({ name, title, labelName, data }: Omit<BarFigureProps, 'note'>) {
  return (
    <table data-figure={name}>
      <caption class="offscreen">{title}</caption>
      <thead>
        <tr>
          <th scope="col">{labelName}</th>
          {data.series.map(({ label }) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {data.labels.map((label, row) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            {data.series.map(({ label: of, values }, column) => (
              <td key={of} data-value={values[row] ?? ''}>
                <NumberCell value={values[row] ?? null} data={data} row={row} column={column} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function NumberCell(props: { value: number | null; data: BarData; row: number; column: number }) {
  const { value, data, row, column } = props;
  if (value === null) return <span class="faint">unknown</span>;
  if (value === 0) return <span class="faint">0</span>;
  return (
    <a class="link" href={data.hashOf(column, row)}>
      {data.valueText(value)}
    </a>
  );
}
