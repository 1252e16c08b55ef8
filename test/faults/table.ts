import { deliveries, judge, type DeliveryKind, type Form, type Row, type Tally } from './row.js';

export interface Line {
  readonly row: Row;
  readonly delivery: DeliveryKind;
  readonly tally: Tally;
  readonly wrongs: readonly string[];
}

export function linesOf(row: Row): readonly DeliveryKind[] {
  return deliveries.filter((kind) => row.of?.includes(kind) ?? true);
}

export async function runLine(row: Row, delivery: DeliveryKind, form: Form): Promise<Line> {
  try {
    const tally = await row.run(delivery, form);
    return { row, delivery, tally, wrongs: judge(row, delivery, tally) };
  } catch (error) {
    const none = { captured: 0, delivered: 0, kept: 0, lost: 0, doubled: 0, resent: 0, told: 'no' } as const;
    return { row, delivery, tally: none, wrongs: [`failed: ${String(error)}`] };
  }
}

const widths = [58, 13, 9, 10, 7, 9, 8, 8, 8];
const columns = ['fault', 'delivery', 'captured', 'delivered', 'kept', 'lost', 'doubled', 'resent', 'told'];

export function header(): string {
  return cells(columns);
}

export function show({ row, delivery, tally, wrongs }: Line): string {
  const { captured, delivered, kept, lost, doubled, resent, told, note } = tally;
  const line = cells([row.name, delivery, captured, delivered, kept, lost, doubled, resent, told]);
  return [line, ...(note ? [`    ${note}`] : []), ...wrongs.map((wrong) => `    WRONG: ${wrong}`)].join('\n');
}

/** The last line: what the two deliveries lost in all, and how many bounds did not hold. */
export function figures(lines: readonly Line[], others: readonly string[]): string {
  const lossOf = (delivery: DeliveryKind) =>
    lines.filter((line) => line.delivery === delivery).reduce((sum, { tally }) => sum + tally.lost, 0);
  const losingRows = (delivery: DeliveryKind) =>
    lines.filter((line) => line.delivery === delivery && line.tally.lost > 0).length;
  const shown = deliveries.map((kind) => `${kind} ${lossOf(kind)} lost in ${losingRows(kind)} rows`);
  const doubled = lines.reduce(
    (sum, { tally, delivery }) => sum + (delivery === 'posthog-node' ? 0 : tally.doubled),
    0,
  );
  const failed = lines.filter(({ wrongs }) => wrongs.length > 0).length;
  return [
    ...shown,
    `${doubled} doubled by ours`,
    ...others,
    `${lines.length} lines, ${failed} of them beyond their bounds`,
  ].join('; ');
}

function cells(values: readonly (string | number)[]): string {
  return values
    .map((value, index) => {
      const text = String(value);
      return index < 2 ? text.padEnd(widths[index] ?? 0) : text.padStart(widths[index] ?? 0);
    })
    .join(' ');
}
