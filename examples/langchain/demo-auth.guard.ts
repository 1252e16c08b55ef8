import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';

/** Stands for a real one, which would verify the token: `Bearer demo-ada` is the user `ada`. */
@Injectable()
export class DemoAuthGuard implements CanActivate {
  canActivate(execution: ExecutionContext): boolean {
    const request = execution.switchToHttp().getRequest<{ headers: Record<string, string>; user?: { id: string } }>();
    const user = /^Bearer demo-(\w+)$/.exec(request.headers['authorization'] ?? '')?.[1];
    if (user !== undefined) request.user = { id: user };
    return true;
  }
}
