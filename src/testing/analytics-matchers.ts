import type { AnalyticsEvent } from '../event/analytics-event.js';
import { AnalyticsRecorder } from './analytics-recorder.js';
import { failureText } from './failure-text.js';
import { differencesOf, type TrackedExpectation } from './tracked-expectation.js';

/** What else a tracked event must be, beside its name and properties. */
export interface TrackedOptions {
  /** The person: the `distinctId`. */
  as?: unknown;
  /** The chat session: `session_id`. */
  session?: unknown;
  /** How many such events there are, exactly. @default at least one */
  times?: number;
}

/** The assertions that `analyticsMatchers` adds, to augment the types of Vitest or Jest with. */
export interface AnalyticsMatchers<R = void> {
  /**
   * An event of this name was tracked, with at least these properties.
   *
   * Each property must be equal, as with `toEqual`; `undefined` means that the event does not have it. Matchers as
   * `expect.any(Number)` may stand anywhere. The assertion is made on an `AnalyticsRecorder`, or on a testing module or
   * application that has one.
   */
  toHaveTracked(name: string, properties?: Readonly<Record<string, unknown>>, options?: TrackedOptions): R;
}

/** What a matcher needs of the runner: Vitest and Jest both have it. */
interface Runner {
  readonly isNot?: boolean;
  equals(a: unknown, b: unknown): boolean;
  readonly utils: { stringify(value: unknown): string };
}

/**
 * Assertions on what was tracked, for Vitest and Jest.
 *
 * @example
 * expect.extend(analyticsMatchers);
 * expect(analytics).toHaveTracked('copilot_tool_called', { tool_name: 'find_agent' }, { as: 'ada', times: 1 });
 */
export const analyticsMatchers = {
  toHaveTracked(
    this: Runner,
    received: unknown,
    name: string,
    properties: Readonly<Record<string, unknown>> = {},
    options: TrackedOptions = {},
  ): { pass: boolean; message: () => string } {
    const events = recorderOf(received).events();
    const expected: TrackedExpectation = { name, properties, ...options };
    const named = events.filter(({ event }) => event === name);
    const equals = (a: unknown, b: unknown): boolean => this.equals(a, b);
    const compared = named.map((event) => ({ event, differences: differencesOf(event, expected, equals) }));
    const count = compared.filter(({ differences }) => differences.length === 0).length;
    const pass = options.times === undefined ? count > 0 : count === options.times;
    const show = (value: unknown): string => this.utils.stringify(value);
    return {
      pass,
      message: () => failureText({ expected, events, compared, count, isNot: this.isNot === true, show }),
    };
  },
};

interface Container {
  get(token: typeof AnalyticsRecorder, options: { strict: false }): unknown;
}

/** By its shape, not its class: the package's two builds may meet in one test. */
function recorderOf(received: unknown): { events(): AnalyticsEvent[] } {
  if (isRecorder(received)) return received;
  if (isContainer(received)) {
    const found = received.get(AnalyticsRecorder, { strict: false });
    if (isRecorder(found)) return found;
  }
  throw new TypeError(
    'toHaveTracked() needs an AnalyticsRecorder: what recordAnalytics(builder) returned, or a module with AnalyticsTestingModule.',
  );
}

function isRecorder(value: unknown): value is { events(): AnalyticsEvent[] } {
  return typeof value === 'object' && value !== null && 'events' in value && typeof value.events === 'function';
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null && 'get' in value && typeof value.get === 'function';
}
