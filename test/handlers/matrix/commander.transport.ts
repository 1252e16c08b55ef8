import type { DynamicModule, ModuleMetadata } from '@nestjs/common';
import { Command, CommandFactory, CommandRunner } from 'nest-commander';
import { AnalyticsRecorder, AnalyticsTestingModule } from 'nestjs-agent-analytics/testing';
import { handlerName, scopes, type Cell } from './cells.js';
import { defineEntry, handlersOf, sessionAlone, toolsOf } from './handlers.js';
import { TrackedTwin, type StartTransport } from './transport.js';

/** Commands of a stand-alone application, which are run one at a time: they read the process's arguments. */
export const byCommander: StartTransport = async (twin, cells) => {
  const commands = cells.map((cell) => {
    const base = CommandRunner as unknown as new () => object;
    const own = { twin, scope: cell.scope, cells: [cell], decorate: twin.run, call: sessionAlone, base };
    const Handlers = handlersOf(own);
    const sessionOf = ([args]: readonly unknown[]) => String((args as string[])[0]);
    defineEntry(twin, Handlers.prototype as object, 'run', sessionOf, () => handlerName(cell));
    Command({ name: nameOf(cell), arguments: '<session>' })(Handlers);
    return Handlers;
  });
  class Root {}
  const imports: ModuleMetadata['imports'] = twin instanceof TrackedTwin ? [AnalyticsTestingModule.forRoot()] : [];
  const root: DynamicModule = {
    module: Root,
    imports: imports ?? [],
    providers: [...commands, ...scopes.map((scope) => toolsOf(twin, scope))],
  };
  const failures: string[] = [];
  const app = await CommandFactory.createWithoutRunning(root as never, {
    logger: false,
    serviceErrorHandler: (error) => void failures.push(String(error)),
  });
  if (twin instanceof TrackedTwin) twin.recorder = app.get(AnalyticsRecorder, { strict: false });
  let last: Promise<unknown> = Promise.resolve();
  const run = async (cell: Cell, session: string): Promise<string> => {
    const work = twin.watched.of(session);
    // The application's own stop button.
    if (cell.ending === 'aborted') void work.started.then(() => work.controller.abort());
    const { argv } = process;
    process.argv = ['node', 'app', nameOf(cell), session];
    try {
      await CommandFactory.runApplication(app);
    } finally {
      process.argv = argv;
    }
    return `${failures.splice(0).join('\n')}\n${await work.howEnded()}`;
  };
  return {
    call(cell, { session }) {
      const result = last.then(() => run(cell, session));
      last = result.catch(() => undefined);
      return result;
    },
    close: () => app.close(),
  };
};

const nameOf = (cell: Cell): string => `${cell.scope}-${handlerName(cell)}`;
