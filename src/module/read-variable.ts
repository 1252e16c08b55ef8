import type { ModuleRef } from '@nestjs/core';
import { ConfigService } from '@nestjs/config';
import type { ReadVariable } from './read-setting.js';

/**
 * Reads variables through the application's ConfigService, wherever its module is imported, and from `process.env`
 * where there is none.
 */
export function variableReader(moduleRef: ModuleRef): ReadVariable {
  const config = configService(moduleRef);
  return config === undefined ? (name) => process.env[name] : (name) => config.get<unknown>(name);
}

function configService(moduleRef: ModuleRef): ConfigService | undefined {
  try {
    const config = moduleRef.get<ConfigService | undefined>(ConfigService, { strict: false });
    return typeof config?.get === 'function' ? config : undefined;
  } catch {
    return undefined;
  }
}
