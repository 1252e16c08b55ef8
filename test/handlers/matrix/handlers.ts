import { Inject, Injectable, Scope, type Provider, type Type } from '@nestjs/common';
import { bodies, type Call } from './bodies.js';
import { handlerName, type Cell, type HandlerScope } from './cells.js';
import type { Watched } from './watched.js';

export type HandlerDecorator = (target: object, key: string | symbol, descriptor: PropertyDescriptor) => void;

/** One of the two applications: with the decorators, and without the library. */
export interface Twin {
  readonly name: 'tracked' | 'plain';
  /** What a module imports to have the library. */
  readonly imports: readonly (Type | { module: Type })[];
  /** Decorates a handler that answers somebody. */
  readonly message: HandlerDecorator;
  /** Decorates a handler that nobody waits for. */
  readonly run: HandlerDecorator;
  readonly tool: HandlerDecorator;
  /** Opens the context of work that no request reaches. */
  within<T>(session: string, work: () => T): T;
  readonly watched: Watched;
}

/** The tools that handlers call: one that answers at once, and one that waits until it is stopped. */
export interface Tools {
  lookUp(session: string): string;
  waitFor(signal: AbortSignal): Promise<void>;
}

/**
 * The tools of a scope. Handlers that inject those of request scope are of it themselves; transient ones are made for
 * each class that injects them (a transient controller itself is never constructed by Nest).
 */
export function toolsOf({ tool }: Twin, scope: HandlerScope): Provider {
  @Injectable()
  class OwnTools implements Tools {
    @tool
    lookUp(session: string): string {
      return `about ${session}`;
    }
    @tool
    waitFor(signal: AbortSignal): Promise<void> {
      return new Promise((_, reject) => {
        const stop = () => reject(new DOMException('The work was stopped.', 'AbortError'));
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop, { once: true });
      });
    }
  }
  return { provide: tokenOf(scope), useClass: OwnTools, scope: nestScopes[scope] };
}

const nestScopes = { singleton: Scope.DEFAULT, request: Scope.REQUEST, transient: Scope.TRANSIENT };
const tokenOf = (scope: HandlerScope): string => `tools of ${scope} scope`;

interface HandlerClass {
  readonly twin: Twin;
  readonly scope: HandlerScope;
  readonly cells: readonly Cell[];
  readonly decorate: HandlerDecorator;
  /** Puts the transport's own decorators on a handler, after ours. */
  readonly declare?: (cell: Cell, prototype: object, key: string, descriptor: PropertyDescriptor) => void;
  /** What of the handler's arguments a body needs. */
  readonly call: (args: readonly unknown[], watched: Watched) => Partial<Call> & { session: string };
  /** Where the transport fixes the name of the method. */
  readonly named?: string;
  /** A class to begin with, which Nest constructs without arguments. */
  readonly base?: new () => object;
}

/** A class with one handler for each shape and ending of these cells. */
export function handlersOf({ twin, scope, cells, decorate, declare, call, named, base = Object }: HandlerClass): Type {
  @Injectable()
  class Handlers extends base {
    @Inject(tokenOf(scope)) readonly tools!: Tools;
  }
  for (const cell of cells.filter((each) => each.scope === scope)) {
    const key = named ?? handlerName(cell);
    const { [key]: value } = {
      [key](this: Handlers, ...args: unknown[]): unknown {
        const given = call(args, twin.watched);
        const work = twin.watched.of(given.session);
        return bodies[cell.shape]({ tools: this.tools, work, ending: cell.ending, ...given });
      },
    };
    const descriptor: PropertyDescriptor = { value, configurable: true, writable: true, enumerable: false };
    decorate(Handlers.prototype, key, descriptor);
    declare?.(cell, Handlers.prototype, key, descriptor);
    Object.defineProperty(Handlers.prototype, key, descriptor);
  }
  return Handlers;
}

/** A method that opens the context of a session and calls the handler in it, as an application's own would. */
export function defineEntry(
  twin: Twin,
  prototype: object,
  key: string,
  sessionOf: (args: readonly unknown[]) => string,
  handler: (args: readonly unknown[]) => string,
): PropertyDescriptor {
  const { [key]: value } = {
    [key](this: Record<string, (session: string) => unknown>, ...args: unknown[]): unknown {
      const session = sessionOf(args);
      return twin.within(session, () => this[handler(args)]?.(session));
    },
  };
  const descriptor: PropertyDescriptor = { value, configurable: true, writable: true, enumerable: false };
  Object.defineProperty(prototype, key, descriptor);
  return descriptor;
}

/** What a handler that is called with its session needs of that. */
export const sessionAlone = ([session]: readonly unknown[]): { session: string } => ({ session: String(session) });
