import type { ConfigService } from '@nestjs/config';

/** A setting of the demo that cannot be used; its message says which, and what is expected. */
export class DemoSettingError extends Error {
  override readonly name = 'DemoSettingError';
}

/** A variable that is set and not blank, as `OPENAI_API_KEY=` in a copied .env is. */
export function setting(config: ConfigService, name: string): string | undefined {
  const value = config.get<string>(name)?.trim();
  return value === '' ? undefined : value;
}

/** @default 3000 */
export function portSetting(config: ConfigService): number {
  const port = setting(config, 'PORT') ?? '3000';
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return Number(port);
  throw new DemoSettingError(`PORT is "${port}"; it must be a number from 0 to 65535.`);
}

export function urlSetting(config: ConfigService, name: string): string | undefined {
  const url = setting(config, name);
  if (url === undefined || URL.canParse(url)) return url;
  throw new DemoSettingError(`${name} is "${url}"; it must be a full address, such as https://api.openai.com/v1.`);
}
