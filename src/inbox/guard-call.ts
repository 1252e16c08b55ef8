import type { CanActivate, ExecutionContext, Type } from '@nestjs/common';
import type { Refusal } from './inbox-access.js';
import type { MountedRequest } from './mount.js';

/** Asks the application's guard; `undefined` where it lets the request in. What it throws is a refusal. */
export async function refuseByGuard(guard: CanActivate, mounted: MountedRequest): Promise<Refusal | undefined> {
  try {
    const answer: unknown = await guard.canActivate(contextOf(mounted));
    const isAllowed = isSubscribable(answer) ? await firstOf(answer) : answer;
    return isAllowed === true ? undefined : refusal(403);
  } catch (error) {
    const status = (error as { getStatus?: () => unknown } | null)?.getStatus?.();
    return refusal(status === 401 ? 401 : 403);
  }
}

function refusal(status: 401 | 403): Refusal {
  return { status, text: "The application's guard does not let you in." };
}

/** What Nest would hand to the guard of a route. */
function contextOf({ frameworkRequest, frameworkResponse }: MountedRequest): ExecutionContext {
  const args = [frameworkRequest, frameworkResponse];
  const http = {
    getRequest: <T>() => frameworkRequest as T,
    getResponse: <T>() => frameworkResponse as T,
    getNext: <T>() => undefined as T,
  };
  const notHttp = (): never => {
    throw new Error('The inbox is reached over HTTP only');
  };
  return {
    getType: <T extends string>() => 'http' as T,
    getClass: <T>() => AnalyticsInboxRoute as Type<T>,
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it stands for a handler and is never called
    getHandler: () => AnalyticsInboxRoute.prototype.open,
    getArgs: <T extends unknown[]>() => args as T,
    getArgByIndex: <T>(index: number) => args[index] as T,
    switchToHttp: () => http,
    switchToRpc: notHttp,
    switchToWs: notHttp,
  };
}

/** What a guard that reads metadata finds in the place of a controller and its handler. */
class AnalyticsInboxRoute {
  open(): void {
    // Never called.
  }
}

interface Subscribable {
  subscribe(observer: { next(value: unknown): void; error(error: unknown): void; complete(): void }): unknown;
}

function isSubscribable(value: unknown): value is Subscribable {
  return typeof value === 'object' && value !== null && 'subscribe' in value && typeof value.subscribe === 'function';
}

function firstOf(observable: Subscribable): Promise<unknown> {
  return new Promise((resolve, reject) => {
    observable.subscribe({ next: resolve, error: reject, complete: () => resolve(false) });
  });
}
