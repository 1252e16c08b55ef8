import { describe, expect, it } from 'vitest';
import { figuresOf, type FigureRow } from '../../ui/src/overview/figures.js';

const noon = Date.UTC(2026, 0, 15, 12);

function row(given: Partial<FigureRow> & { second?: number } = {}): FigureRow {
  const { second = 0, ...rest } = given;
  const at = new Date(noon + second * 1_000).toISOString();
  return { at, event: 'e', kind: null, tool: null, session: null, outcome: null, durationMs: null, ...rest };
}

function call(tool: string, given: Partial<FigureRow> = {}): FigureRow {
  return row({ event: 'copilot_tool_called', kind: 'tool', tool, ...given });
}

describe('figuresOf', () => {
  describe('over time', () => {
    it('counts each event in intervals without gaps', () => {
      const { time } = figuresOf([row(), row(), row({ event: 'f', second: 3 })]);
      expect(time).toEqual({
        intervalMs: 1_000,
        starts: [0, 1, 2, 3].map((second) => noon + second * 1_000),
        series: [
          { event: 'e', counts: [2, 0, 0, 0] },
          { event: 'f', counts: [0, 0, 0, 1] },
        ],
        outside: 0,
      });
    });

    it('takes longer intervals for a longer time, never more than 48', () => {
      for (const seconds of [47, 48, 3_600, 86_400, 60 * 86_400]) {
        const { time } = figuresOf([row(), row({ second: seconds / 2 }), row({ second: seconds })]);
        expect(time.starts.length, String(seconds)).toBeLessThanOrEqual(48);
        expect(time.starts.length, String(seconds)).toBeGreaterThan(20);
        expect(time.series[0]?.counts.reduce((sum, count) => sum + count)).toBe(3);
      }
    });

    it('sets aside a time that is none, or is years off', () => {
      const { time } = figuresOf([
        row(),
        row(),
        row({ second: 5 }),
        row({ at: '1970-01-01T00:00:00.000Z' }),
        row({ at: '+275760-09-13T00:00:00.000Z' }),
        row({ at: 'never' }),
      ]);
      expect(time.outside).toBe(3);
      expect(time.starts).toHaveLength(6);
    });

    it('names the six most frequent events, and counts all others as one', () => {
      const rows = Array.from({ length: 9 }, (_, name) =>
        Array.from({ length: 10 - name }, () => row({ event: `e${name}` })),
      ).flat();
      const { series } = figuresOf(rows).time;
      expect(series.map(({ event }) => event)).toEqual(['e0', 'e1', 'e2', 'e3', 'e4', 'e5', null]);
      expect(series.at(-1)?.counts).toEqual([4 + 3 + 2]);
    });
  });

  it('counts the calls of each tool by outcome, and those without one', () => {
    const { tools } = figuresOf([
      call('a', { outcome: 'success' }),
      call('a', { outcome: 'error' }),
      call('a', { outcome: 'success' }),
      call('b'),
      row({ outcome: 'error' }),
    ]);
    expect(tools.outcomes).toEqual(['success', '', 'error']);
    expect(tools.tools.map(({ tool, calls, byOutcome }) => [tool, calls, [...byOutcome]])).toEqual([
      [
        'a',
        3,
        [
          ['success', 2],
          ['error', 1],
        ],
      ],
      ['b', 1, [['', 1]]],
    ]);
  });

  it('gives the durations that half and 95 of 100 calls do not exceed', () => {
    const rows = Array.from({ length: 100 }, (_, place) => call('a', { durationMs: ((place * 37) % 100) + 1 }));
    expect(figuresOf(rows).tools.tools[0]).toMatchObject({ p50: 50, p95: 95 });
    expect(figuresOf([call('a', { durationMs: 7 }), call('a')]).tools.tools[0]).toMatchObject({ p50: 7, p95: 7 });
    expect(figuresOf([call('a')]).tools.tools[0]).toMatchObject({ p50: null, p95: null });
  });

  it('lists the twelve tools that are called most', () => {
    const rows = Array.from({ length: 15 }, (_, name) =>
      Array.from({ length: 20 - name }, () => call(`t${name}`)),
    ).flat();
    const { tools, hidden } = figuresOf(rows).tools;
    expect([tools.length, tools[0]?.tool, tools.at(-1)?.tool, hidden]).toEqual([12, 't0', 't11', 3]);
  });

  describe('the funnel', () => {
    const conversation = (session: string, ...kinds: FigureRow['kind'][]): FigureRow[] =>
      kinds.map((kind, second) => row({ session, kind, second }));

    it('counts conversations, each once, as far as they came', () => {
      const { funnel } = figuresOf([
        ...conversation('a', 'message', 'tool', 'run', 'message', 'tool'),
        ...conversation('b', 'message', 'tool'),
        ...conversation('c', 'message'),
        ...conversation('d', 'message', null),
      ]);
      expect(funnel).toEqual([
        { kind: 'message', conversations: 4, share: 1 },
        { kind: 'tool', conversations: 2, share: 0.5 },
        { kind: 'run', conversations: 1, share: 0.25 },
      ]);
    });

    it('goes by the time of the events, not by the order in which they came', () => {
      const inOrder = conversation('a', 'message', 'tool', 'run');
      expect(figuresOf(inOrder.toReversed()).funnel.at(-1)?.conversations).toBe(1);
      const turned = conversation('a', 'run', 'tool', 'message');
      expect(figuresOf(turned).funnel.map(({ conversations }) => conversations)).toEqual([1, 0, 0]);
    });

    it('has no share of nothing', () => {
      expect(figuresOf([]).funnel.map(({ share }) => share)).toEqual([null, null, null]);
    });
  });

  it('takes a few milliseconds for 10,000 rows', () => {
    const rows = Array.from({ length: 10_000 }, (_, place) =>
      call(`t${place % 30}`, { durationMs: place, session: `s${place % 500}`, outcome: 'success' }),
    );
    figuresOf(rows);
    const started = performance.now();
    figuresOf(rows);
    expect(performance.now() - started).toBeLessThan(100);
  });
});
