import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Request } from 'express';
import { AnalyticsContext } from 'nestjs-agent-analytics';
import { type DemoUser, userOfToken } from './demo-users.js';

/** A request on which the guard has set who sent it; without a token nobody is set, and that is allowed. */
export type DemoRequest = Request & { user?: DemoUser };

/** Reads `Authorization: Bearer demo-ada` and sets `request.user`, where the analytics look for the person; tells them the workspace. */
@Injectable()
export class DemoAuthGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<DemoRequest>();
    const header = request.headers.authorization;
    if (header === undefined) return true;

    const user = userOfToken(header.replace(/^Bearer /i, ''));
    if (user === undefined) throw new UnauthorizedException('This token is not known. Try demo-ada or demo-grace.');
    request.user = user;
    AnalyticsContext.set({ groups: { workspace: user.workspace } });
    return true;
  }
}
