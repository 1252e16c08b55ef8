import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  Controller,
  Get,
  Injectable,
  Module,
  Param,
  Res,
  Sse,
  StreamableFile,
  UseGuards,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  type MessageEvent,
} from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { AnalyticsModule, TrackMessage } from 'nestjs-agent-analytics';
import { recordAnalytics, type AnalyticsRecorder } from 'nestjs-agent-analytics/testing';
import { concat, EMPTY, from, map, NEVER, throwError, type Observable } from 'rxjs';

/** How the producer of a stream goes on after its chunks; `open`: it does not. */
type Ending = 'complete' | 'fail' | 'open';
export const shapes = ['sse', 'generator', 'observable', 'file', 'piped'] as const;

const chunks = ['one ', 'zwei ', '三'];

@Injectable()
class UserOfHeader implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: object }>();
    request.user = { id: request.headers['authorization'] };
    return true;
  }
}

/** The response of either platform. */
interface Answer {
  raw?: ServerResponse;
  hijack?(): void;
}

type HandlerDecorator = (target: object, key: string | symbol, descriptor: PropertyDescriptor) => void;

/** The same handlers, once with the decorator and once without. */
function controller(path: string, decorate: () => HandlerDecorator): new () => object {
  @Controller(`${path}/:sessionId/:ending`)
  @UseGuards(UserOfHeader)
  class StreamController {
    @Sse('sse')
    @decorate()
    sse(@Param('ending') ending: Ending): Observable<MessageEvent> {
      return observed(ending).pipe(map((data) => ({ data })));
    }

    @Get('generator')
    @decorate()
    generator(@Param('ending') ending: Ending): AsyncGenerator<string> {
      return generated(ending);
    }

    @Get('observable')
    @decorate()
    observable(@Param('ending') ending: Ending): Observable<string> {
      return observed(ending);
    }

    @Get('file')
    @decorate()
    file(@Param('ending') ending: Ending): StreamableFile {
      const file = new StreamableFile(Readable.from(generated(ending), { objectMode: false }));
      // Nest's own default logs what fails.
      return file.setErrorLogger(() => undefined);
    }

    @Get('piped')
    @decorate()
    piped(@Param('ending') ending: Ending, @Res() answer: Answer): void {
      answer.hijack?.();
      const response = answer.raw ?? (answer as ServerResponse);
      pipeline(Readable.from(generated(ending)), response, () => undefined);
    }
  }
  return StreamController;
}

async function* generated(ending: Ending): AsyncGenerator<string> {
  for (const chunk of chunks) {
    yield chunk;
    await nextTurn();
  }
  if (ending === 'fail') throw new RangeError('dry');
  if (ending === 'open') await new Promise(() => undefined);
}

function observed(ending: Ending): Observable<string> {
  const endings = { complete: EMPTY, fail: throwError(() => new RangeError('dry')), open: NEVER };
  return concat(from(chunks), endings[ending]);
}

export interface StreamApp {
  readonly app: INestApplication;
  readonly analytics: AnalyticsRecorder;
  readonly url: string;
}

export async function startStreamApp(adapter: AbstractHttpAdapter): Promise<StreamApp> {
  @Module({
    imports: [AnalyticsModule.forRoot()],
    controllers: [
      controller('tracked', () => TrackMessage({ message: () => 'hello' }) as HandlerDecorator),
      controller('plain', () => () => undefined),
    ],
  })
  class StreamModule {}
  const builder = Test.createTestingModule({ imports: [StreamModule] });
  const analytics = recordAnalytics(builder);
  const app = (await builder.compile()).createNestApplication(adapter, {
    logger: false,
    forceCloseConnections: true,
  });
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { app, analytics, url: `http://127.0.0.1:${port}` };
}
