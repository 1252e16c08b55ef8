import type { ModuleMetadata } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { AnalyticsContext, AnalyticsModule, TrackAgentRun, TrackMessage, TrackToolCall } from 'nestjs-agent-analytics';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { scopes, type Cell } from './cells.js';
import { toolsOf, type HandlerDecorator, type Twin } from './handlers.js';
import { Watched } from './watched.js';

export interface Person {
  readonly user: string;
  readonly session: string;
}

/** One of the two applications, reached through its transport. */
export interface Running {
  /** Calls a cell's handler for somebody; resolves with all that the caller got, in words. */
  call(cell: Cell, person: Person): Promise<string>;
  close(): Promise<unknown>;
}

/** Starts an application with the handlers of these cells. */
export type StartTransport = (twin: Twin, cells: readonly Cell[]) => Promise<Running>;

/** The application with the library, which keeps what it tells. */
export class TrackedTwin implements Twin {
  readonly name = 'tracked';
  readonly imports;
  readonly message = TrackMessage({ message: () => 'hello' }) as HandlerDecorator;
  readonly run = TrackAgentRun() as HandlerDecorator;
  readonly tool = TrackToolCall() as HandlerDecorator;
  readonly watched = new Watched();
  recorder: AnalyticsRecorder | undefined;

  /** Over RPC nobody is signed in: the message itself says who it is from. */
  constructor(isRpc: boolean) {
    const identity = ({ data }: { data?: unknown }) => ({ userId: userOf(String(data)), sessionId: String(data) });
    this.imports = [AnalyticsModule.forRoot(isRpc ? { identity } : {})];
  }

  within<T>(session: string, work: () => T): T {
    return AnalyticsContext.run({ sessionId: session, userId: userOf(session) }, work);
  }
}

/** The same application without the library. */
export class PlainTwin implements Twin {
  readonly name = 'plain';
  readonly imports = [];
  readonly message = nothing;
  readonly run = nothing;
  readonly tool = nothing;
  readonly watched = new Watched();

  within<T>(_session: string, work: () => T): T {
    return work();
  }
}

const nothing: HandlerDecorator = () => undefined;

/** The module of a twin with these parts; the library records where it is there. */
export async function moduleOf(twin: Twin, parts: ModuleMetadata): Promise<TestingModule> {
  const { imports = [], providers = [], controllers = [] } = parts;
  const builder = Test.createTestingModule({
    imports: [...imports, ...(twin.imports as NonNullable<ModuleMetadata['imports']>)],
    providers: [...providers, ...scopes.map((scope) => toolsOf(twin, scope))],
    controllers,
  });
  if (twin instanceof TrackedTwin) twin.recorder = recordAnalytics(builder);
  return builder.compile();
}

/** A session's name says whose it is. */
export const userOf = (session: string): string => session.split('-')[1] ?? '';

/** Gives the event loop some turns, for what has ended to be told: less than anything in flight would take. */
export async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
}
