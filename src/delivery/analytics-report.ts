import type { Message } from '../event/messages.js';
import type { AnalyticsStats } from './delivery.js';

/** What an application's analytics knows of itself, for whoever asks why an event is not there. Nothing here throws. */
export interface AnalyticsReport {
  /** When it was put together, milliseconds since 1970. */
  readonly startedAt: number;
  /** `undefined` until it has come up. */
  readonly settings: ReportedSettings | undefined;
  /** The books; `undefined` where analytics is off. */
  stats(): AnalyticsStats | undefined;
  /** Every method with a decorator that the container knows, request-scoped and lazy ones too; each once. */
  trackedMethods(): readonly ReportedMethod[];
  /** The calls in flight, the oldest first, at most so many. */
  openCalls(most: number): readonly ReportedCall[];
  /** What was said to the developer: each warning once, and the troubles that last. */
  said(): readonly SaidMessage[];
}

export interface ReportedSettings {
  readonly enabled: boolean;
  readonly sampleRate: number;
  readonly delivery: 'memory' | 'spool';
}

export interface ReportedMethod {
  /** `Class.method` */
  readonly where: string;
  /** The decorators' names, such as `TrackToolCall`. */
  readonly decorators: readonly string[];
}

export interface ReportedCall {
  /** `Class.method`, where it is a method's. */
  readonly where: string | undefined;
  readonly ageMs: number;
}

export interface SaidMessage {
  readonly message: Message;
  /** `trouble`: it lasts still. */
  readonly kind: 'warning' | 'trouble';
  readonly level: 'warn' | 'error';
  /** How often there was reason to say it. */
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
}
