import {
  Inject,
  Injectable,
  Optional,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { Observable } from 'rxjs';
import { contextStorage, currentFrame } from '../context/context-storage.js';
import { valuesOf } from '../context/fill-values.js';
import { Frame } from '../context/frame.js';
import { REQUEST_IDENTITIES, RequestIdentities } from './request-identities.js';
import type { IdentityInput, Transport } from './request-identity.js';
import { responseEnd } from './response-end.js';

/**
 * Opens the context of a handler, after guards, and lets a tracked message end with its response.
 *
 * Every `@Track…` decorator puts it on its handler. Put it yourself on untracked WebSocket, GraphQL or RPC handlers
 * that call tracked services; HTTP handlers need nothing, their context is opened by the module. Without
 * `AnalyticsModule`, or while analytics is off, it only passes on.
 *
 * @example
 * @UseInterceptors(AnalyticsInterceptor)
 * @SubscribeMessage('ask')
 * ask(@MessageBody() question: Question) { return this.copilot.answer(question); }
 */
@Injectable()
export class AnalyticsInterceptor implements NestInterceptor {
  constructor(@Optional() @Inject(REQUEST_IDENTITIES) private readonly identities?: RequestIdentities) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const frame = this.frameOf(context);
    if (frame === undefined) return next.handle();
    // The only form in which the handler, its Observable and its SSE stream all run inside the frame.
    return new Observable((subscriber) => contextStorage.run(frame, () => next.handle().subscribe(subscriber)));
  }

  /** `undefined` while analytics is off, and where something of the handler's context refuses to be read. */
  private frameOf(context: ExecutionContext): Frame | undefined {
    try {
      const settings = this.identities?.settings;
      return settings && handlerFrame(this.identities, settings.handle, context);
    } catch {
      return undefined;
    }
  }
}

/** A frame of the handler's own, so that two messages over one socket, or two in one request, do not meet. */
function handlerFrame(identities: RequestIdentities, handle: object, context: ExecutionContext): Frame {
  const input = identityInput(context);
  const outer = currentFrame();
  const frame = new Frame(
    outer,
    outer === undefined ? {} : valuesOf(outer),
    outer?.handle ?? handle,
    identities.sourceFor(input),
  );
  if (input.transport === 'http') frame.transport = responseEnd(context.switchToHttp().getResponse());
  if (input.transport === 'ws') frame.transport = { hasClosed: () => isGone(input.client) };
  valuesOf(frame);
  return frame;
}

/** Whether a WebSocket client has gone: socket.io says so itself, of ws 2 is closing and 3 closed. */
function isGone(client: unknown): boolean {
  const { disconnected, readyState } = (client ?? {}) as { disconnected?: unknown; readyState?: unknown };
  return disconnected === true || readyState === 2 || readyState === 3;
}

function identityInput(executionContext: ExecutionContext): IdentityInput {
  const transport = executionContext.getType<Transport>();
  switch (transport) {
    case 'http':
      return { transport, request: executionContext.switchToHttp().getRequest(), executionContext };
    case 'ws': {
      const ws = executionContext.switchToWs();
      return { transport, client: ws.getClient(), data: ws.getData(), executionContext };
    }
    case 'graphql': {
      const [, data, carrier] = executionContext.getArgs<[unknown, unknown, { req?: unknown } | undefined]>();
      return { transport, request: carrier?.req, data, executionContext };
    }
    // Whatever else delivers messages under a name of its own (golevelup's `rmq`, `telegraf`, `necord`): what came in is
    // the sender's word, and names no user.
    default:
      return { transport: 'rpc', data: executionContext.switchToRpc().getData(), executionContext };
  }
}
