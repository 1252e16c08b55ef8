import type { Installation } from './consumer.js';

/** The packages that make up one line of Nest, at versions of their own. */
export interface NestLine {
  readonly nest: string;
  readonly config: string;
  readonly terminus: string;
  readonly typescript: string;
  /** @default the version of Nest */
  readonly testing?: string;
  /** @default the version of Nest */
  readonly fastify?: string;
  readonly reflectMetadata?: string;
  readonly rxjs?: string;
}

/** The newest of each line, with the TypeScript that its own starter had or, on 10, the oldest that is supported. */
export const nest10 = {
  nest: '10.4.22',
  config: '3.3.0',
  terminus: '10.3.0',
  typescript: '5.4.5',
} as const satisfies NestLine;
export const nest11 = {
  nest: '11.2.10',
  config: '4.0.4',
  terminus: '11.1.1',
  typescript: '5.9.3',
  testing: '11.2.6',
  fastify: '11.2.8',
} as const satisfies NestLine;
export const nest12 = {
  nest: '12.5.1',
  config: '12.0.1',
  terminus: '12.1.0',
  typescript: '5.9.3',
  testing: '12.1.1',
  fastify: '12.5.0',
} as const satisfies NestLine;

export type Part = 'express' | 'fastify';

/** What an application on this line installs, the optional peers of `/testing` and `/terminus` among it. */
export function installationOf(line: NestLine, parts: readonly Part[]): Installation {
  const {
    nest,
    config,
    terminus,
    typescript,
    testing = nest,
    fastify = nest,
    reflectMetadata = '0.2.2',
    rxjs = '7.8.2',
  } = line;
  return {
    packages: {
      '@nestjs/common': nest,
      '@nestjs/core': nest,
      '@nestjs/config': config,
      '@nestjs/terminus': terminus,
      '@nestjs/testing': testing,
      '@types/node': '20.19.0',
      ...(parts.includes('express') && { '@nestjs/platform-express': nest }),
      ...(parts.includes('fastify') && { '@nestjs/platform-fastify': fastify }),
      'reflect-metadata': reflectMetadata,
      rxjs,
      typescript,
    },
  };
}
