import 'reflect-metadata';
import type { ModulesContainer } from '@nestjs/core';
import { messages } from '../event/messages.js';
import type { Reporter } from '../event/reporter.js';
import { AnalyticsInterceptor } from '../requests/analytics.interceptor.js';
import { trackedMethods } from '../tracking/tracked-methods.js';
import { installedVersion, isOlder } from './installed-version.js';
import { prototypeOf, type Wrapper } from './wrapper-prototype.js';

/** Nest's own metadata keys. */
const [INTERCEPTORS, WEBSOCKET, RPC, GRAPHQL] = [
  '__interceptors__',
  'websockets:message_mapping',
  'microservices:handler_type',
  'graphql:resolver_type',
];
const OPERATIONS: readonly unknown[] = ['Query', 'Mutation', 'Subscription'];

/**
 * Warns by name of WebSocket, RPC and GraphQL handlers that call tracked services outside any context: they are not
 * tracked themselves, have no `AnalyticsInterceptor`, and their class injects something with tracked methods.
 *
 * A global `AnalyticsInterceptor` is taken to reach RPC: in a hybrid application it does so by `inheritAppConfig` only,
 * which can't be seen; the first call without a context is warned of then.
 */
export function warnOfUntrackedHandlers(
  modules: ModulesContainer,
  reporter: Reporter,
  nestVersion = installedVersion('@nestjs/core'),
): void {
  const wrappers = [...modules.values()].flatMap(({ providers, controllers }) => [
    ...providers.values(),
    ...controllers.values(),
  ]);
  // Nest keeps what is provided as APP_INTERCEPTOR under a name of its own.
  const isGlobal = wrappers.some(
    ({ token, metatype }) => isOurs(metatype) && String(token).startsWith('APP_INTERCEPTOR'),
  );
  // Before 12 Nest runs global interceptors before no gateway's handlers.
  const reachesGateways = nestVersion === undefined || !isOlder(nestVersion, '12.0.0');
  if (isGlobal && reachesGateways) return;
  const isMissed = isGlobal ? isGatewayHandler : isMessageHandler;
  for (const wrapper of wrappers) {
    const prototype = prototypeOf(wrapper);
    if (prototype === undefined || isIntercepted(prototype.constructor)) continue;
    const handlers = handlersOf(prototype, isMissed);
    if (handlers.length === 0 || !injectsTracked(wrapper)) continue;
    const name = prototype.constructor.name;
    for (const key of handlers) reporter.warnOnce(messages.untrackedHandler(`${name}.${key}`), `${name}.${key}`);
  }
}

/** The methods that a message or operation reaches without a context. */
function handlersOf(prototype: object, isMissed: (method: object) => boolean): string[] {
  const found = new Set<string>();
  for (let owner: object | null = prototype; owner !== null; owner = Object.getPrototypeOf(owner) as object | null) {
    for (const key of Object.getOwnPropertyNames(owner)) {
      const method: unknown = Object.getOwnPropertyDescriptor(owner, key)?.value;
      if (typeof method === 'function' && isMissed(method) && !isIntercepted(method)) found.add(key);
    }
  }
  return [...found];
}

function isGatewayHandler(method: object): boolean {
  return Reflect.hasMetadata(WEBSOCKET, method);
}

function isMessageHandler(method: object): boolean {
  return (
    isGatewayHandler(method) ||
    Reflect.hasMetadata(RPC, method) ||
    OPERATIONS.includes(Reflect.getMetadata(GRAPHQL, method))
  );
}

function isIntercepted(target: object): boolean {
  const interceptors: unknown = Reflect.getMetadata(INTERCEPTORS, target);
  return Array.isArray(interceptors) && interceptors.some(isOurs);
}

function isOurs(interceptor: unknown): boolean {
  return interceptor === AnalyticsInterceptor || interceptor instanceof AnalyticsInterceptor;
}

function injectsTracked(wrapper: Wrapper): boolean {
  const injected = [
    ...(wrapper.getCtorMetadata() ?? []),
    ...(wrapper.getPropertiesMetadata() ?? []).map((property) => property.wrapper),
  ];
  return injected.some((each) => {
    const prototype = each === undefined ? undefined : prototypeOf(each);
    return prototype !== undefined && trackedMethods(prototype).length > 0;
  });
}
