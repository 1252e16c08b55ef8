export const deliveries = ['memory', 'spool', 'posthog-node'] as const;
export type DeliveryKind = (typeof deliveries)[number];

/** `long`: real time and full numbers, some minutes. `short`: what fits into every run of the tests. */
export type Form = 'short' | 'long';

/** What became of the events of one run. */
export interface Tally {
  readonly captured: number;
  /** Different events that the server has. */
  readonly delivered: number;
  /** Events that wait for the next attempt or the next process. */
  readonly kept: number;
  readonly lost: number;
  /** Events that a query at PostHog would count more than once, although it merges duplicates. */
  readonly doubled: number;
  /** Events that came more than once and are merged. */
  readonly resent: number;
  /** How many of the lost ones it said are lost; `some`: it complained, without a number. */
  readonly told: number | 'some' | 'no';
  /** What else is to be seen. */
  readonly note?: string;
  /** What of it belongs into the last line. */
  readonly figure?: string;
  /** What is not as it must be, beside what the columns say. */
  readonly wrong?: string;
}

export interface Row {
  readonly group: string;
  readonly name: string;
  /** @default all */
  readonly of?: readonly DeliveryKind[];
  /** Which deliveries the short form shows it with. @default memory, spool */
  readonly short?: readonly DeliveryKind[];
  run(delivery: DeliveryKind, form: Form): Promise<Tally>;
  /**
   * How many events each delivery may lose; the spool none, the memory what it tells, unless said here. `any`: what the
   * row itself judges, told exactly; `untold`: nobody is left to tell it.
   */
  readonly mayLose?: Partial<Record<DeliveryKind, number | 'any' | 'untold'>>;
  /** Whether a fault is in it: without one at most 2 % may be sent again. @default true */
  readonly faulty?: boolean;
}

/** What is not as it must be; empty where all is. posthog-node is shown, not judged. */
export function judge(row: Row, delivery: DeliveryKind, tally: Tally): string[] {
  if (delivery === 'posthog-node') return [];
  const wrongs = tally.wrong === undefined ? [] : [tally.wrong];
  const { lost, doubled, resent, told, captured } = tally;
  if (doubled > 0) wrongs.push(`${doubled} doubled`);
  if (row.faulty === false && resent > captured * 0.02) wrongs.push(`${resent} resent`);
  const limit = row.mayLose?.[delivery];
  if (typeof limit === 'number' && lost > limit) wrongs.push(`${lost} lost, at most ${limit} may be`);
  if (limit === undefined && delivery === 'spool' && lost > 0) wrongs.push(`${lost} lost`);
  if (limit !== 'untold' && typeof told === 'number' && told !== lost) wrongs.push(`${lost} lost, ${told} told`);
  return wrongs;
}
