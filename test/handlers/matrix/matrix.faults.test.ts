import { describe, it } from 'vitest';
import { runWithFault, type PlantedFault } from '../../support/mutant.js';
import { count } from '../figures.js';
import { cellName, cells, type Cell } from './cells.js';
import { isMessage } from './expected.js';

interface Fault extends PlantedFault {
  /** The cells that it must turn red. */
  readonly red: (cell: Cell) => boolean;
  /** Those that it may. @default the same, so that all others must stay green */
  readonly mayBeRed?: (cell: Cell) => boolean;
  /** Only in the full form. */
  readonly isFull?: true;
}

const isHttp = ({ transport }: Cell): boolean => transport === 'express' || transport === 'fastify';
const isStreamed = ({ shape }: Cell): boolean => shape === 'sse' || shape === 'piped' || shape === 'ui messages';

// The matrix is only worth something if each of its axes is looked at.
const faults: Record<string, Fault> = {
  'an end is told twice': {
    file: 'src/tracking/call-moments.ts',
    find: 'tracking.ended?.(call, own);',
    replace: 'tracking.ended?.(call, own);\ntracking.ended?.(call, own);',
    red: () => true,
  },
  'an abort is lost': {
    file: 'src/tracking/call-moments.ts',
    find: 'const own = ownEnd(call, tracking, end);',
    replace:
      'const seen = ownEnd(call, tracking, end);\n' +
      "const own = seen.outcome === 'aborted' ? { ...seen, outcome: 'success' as const } : seen;",
    red: ({ ending }) => ending === 'aborted',
  },
  'a header comes along': {
    file: 'src/tracking/response-wait.ts',
    find: 'if (this.target.exposeTraceId && traceId !== undefined)',
    replace: 'if (traceId !== undefined)',
    // Who leaves before the first chunk has seen no header.
    red: ({ ending, shape, ...cell }) =>
      isHttp({ ending, shape, ...cell }) && !(ending === 'aborted' && (shape === 'promise' || shape === 'observable')),
  },
  'a message does not end with its transport': {
    file: 'src/requests/analytics.interceptor.ts',
    find: "if (input.transport === 'http') frame.transport =",
    replace: "if ((input.transport as string) === 'none') frame.transport =",
    // Who leaves an event stream is known by its subscription too.
    red: (cell) => isHttp(cell) && isStreamed(cell) && !(cell.shape === 'sse' && cell.ending === 'aborted'),
    mayBeRed: isHttp,
  },
  'an Observable is taken for a value': {
    file: 'src/tracking/follow-result/follow-result.ts',
    find: 'if (isObservable(result)) return followObservable(result, call);',
    replace: 'void isObservable, followObservable;',
    red: ({ shape }) => shape === 'observable' || shape === 'sse',
    isFull: true,
  },
  'a socket’s user is looked for on a request': {
    file: 'src/requests/request-identity.ts',
    find: "transport === 'ws' ? bag(bag(client)?.['data']) : bag(request)",
    replace: '(void client, bag(request))',
    red: ({ transport }) => transport === 'ws' || transport === 'socket.io',
    isFull: true,
  },
  'instances are not bound by injection': {
    file: 'src/tracking/instance-slot.ts',
    find: 'Inject(CAPTURE_HANDLE)(prototype, SLOT);',
    replace: 'void Inject;',
    // In a request the frame knows the application.
    red: (cell) => cell.scope === 'request' && !isMessage(cell),
    isFull: true,
  },
};

const isFullForm = process.env['HANDLER_FAULTS'] === 'all';
const shortForm = ['express', 'ws', 'cqrs command'];
const tried = cells.filter(({ transport }) => isFullForm || shortForm.includes(transport));
const env: Record<string, string> = isFullForm ? {} : { HANDLER_TRANSPORTS: shortForm.join(',') };
env['HANDLER_ROUNDS'] = '1';

describe.concurrent.each(Object.entries(faults).filter(([, { isFull }]) => isFullForm || isFull !== true))(
  'where %s',
  (_, { red, mayBeRed = red, ...fault }) => {
    it('its cells turn red, and no others', { timeout: 120_000 }, async ({ expect, task }) => {
      const { failed, output } = await runWithFault('test/handlers/matrix/matrix.test.ts', fault, {
        reporter: 'json',
        env,
      });
      expect(failed).toBe(true);
      const found = redCells(output);
      const named = tried.map((cell) => ({ cell, name: `${cell.transport} ${cellName(cell)}` }));
      expect(named.filter(({ cell, name }) => red(cell) && !found.has(name)).map(({ name }) => name)).toEqual([]);
      expect(named.filter(({ cell, name }) => !mayBeRed(cell) && found.has(name)).map(({ name }) => name)).toEqual([]);
      count('faults', 1, task);
      count('red', found.size, task);
    });
  },
);

interface JsonReport {
  readonly testResults: readonly { readonly assertionResults: readonly { status: string; fullName: string }[] }[];
}

function redCells(output: string): ReadonlySet<string> {
  const report = JSON.parse(output.slice(output.indexOf('{"numTotal'), output.lastIndexOf('}') + 1)) as JsonReport;
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return new Set(results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName));
}
