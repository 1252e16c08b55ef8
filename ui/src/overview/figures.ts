import type { EventSummary } from '../../../src/inbox/inbox-api.ts';
import { funnelOf, type FunnelStep } from './funnel-figures.ts';
import { timeFigures, type TimeFigures } from './time-figures.ts';
import { toolFigures, type ToolFigures } from './tool-figures.ts';

/** What of a row the figures are made of. */
export type FigureRow = Pick<EventSummary, 'at' | 'event' | 'kind' | 'tool' | 'session' | 'outcome' | 'durationMs'>;

/** Everything that the overview shows, in numbers. */
export interface Figures {
  readonly total: number;
  readonly time: TimeFigures;
  readonly tools: ToolFigures;
  readonly funnel: readonly FunnelStep[];
}

/**
 * The figures of these rows, oldest first. They are made in the page, of the rows that its feed shows: so a mark and
 * the feed that it leads to agree, and the application that is being looked at counts nothing. 10,000 rows take a few
 * milliseconds.
 */
export function figuresOf(rows: readonly FigureRow[]): Figures {
  return { total: rows.length, time: timeFigures(rows), tools: toolFigures(rows), funnel: funnelOf(rows) };
}
