import { type CanActivate, type ExecutionContext, ForbiddenException, Injectable } from '@nestjs/common';
import type { Request } from 'express';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Lets in only requests of this machine: from a loopback address, to a loopback name (a page elsewhere can have its
 * own name point here), and not through a proxy.
 */
@Injectable()
export class LoopbackGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { socket, headers } = context.switchToHttp().getRequest<Request>();
    const name = headers.host?.replace(/:\d+$/, '') ?? '';
    const forwarded = 'forwarded' in headers || 'x-forwarded-for' in headers;
    if (LOOPBACK.has(socket.remoteAddress ?? '') && LOOPBACK_NAMES.has(name) && !forwarded) return true;
    throw new ForbiddenException('Only from this machine.');
  }
}
