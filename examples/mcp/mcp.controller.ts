import { Controller, UseGuards } from '@nestjs/common';
import { McpHttpControllerFor } from '@rekog/mcp-nest';
import { DemoAuthGuard } from './demo-auth.guard.js';
import { transport } from './mcp.js';

/** The route as a controller, so that guards run before any tool and analytics knows the user. */
@Controller('mcp')
@UseGuards(DemoAuthGuard)
export class McpEndpoint extends McpHttpControllerFor(transport) {}
