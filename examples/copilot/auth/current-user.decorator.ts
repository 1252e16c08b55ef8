import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { DemoRequest } from './demo-auth.guard.js';

/** The signed-in user of the request; `undefined` for an anonymous one. */
export const CurrentUser = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => context.switchToHttp().getRequest<DemoRequest>().user,
);
