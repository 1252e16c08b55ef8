import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rememberedToken } from '../../src/inbox/remembered-token.js';

describe('rememberedToken', () => {
  let project: string;
  const folder = (): string => join(project, 'node_modules/.cache/nestjs-agent-analytics');
  const file = (): string => join(folder(), readdirSync(folder())[0] ?? '');

  beforeEach(() => {
    project = mkdtempSync(join(tmpdir(), 'inbox-token-'));
    mkdirSync(join(project, 'node_modules'));
  });
  afterEach(() => rmSync(project, { recursive: true, force: true }));

  it('is the same over restarts, and another for each project and path', () => {
    const token = rememberedToken(project, '/__inbox');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(rememberedToken(project, '/__inbox')).toBe(token);
    expect(rememberedToken(project, '/other')).not.toBe(token);
  });

  it('is readable for its owner only', () => {
    rememberedToken(project, '/__inbox');
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  it('does not take one that others can read', () => {
    const token = rememberedToken(project, '/__inbox');
    chmodSync(file(), 0o644);
    expect(rememberedToken(project, '/__inbox')).not.toBe(token);
  });

  it('does not follow a link', () => {
    rememberedToken(project, '/__inbox');
    const name = file();
    const planted = 'a'.repeat(43);
    writeFileSync(join(project, 'planted'), planted, { mode: 0o600 });
    rmSync(name);
    symlinkSync(join(project, 'planted'), name);
    expect(rememberedToken(project, '/__inbox')).not.toBe(planted);
  });

  it('stands in the workspace where the project has no modules of its own', () => {
    const inner = join(project, 'apps', 'api');
    mkdirSync(inner, { recursive: true });
    expect(rememberedToken(inner, '/__inbox')).toBe(rememberedToken(inner, '/__inbox'));
    expect(rememberedToken(inner, '/__inbox')).not.toBe(rememberedToken(project, '/__inbox'));
    expect(readdirSync(inner)).toEqual([]);
  });

  it('is another one each time where nothing can be written', () => {
    rmSync(join(project, 'node_modules'), { recursive: true });
    writeFileSync(join(project, 'node_modules'), 'a file where the folder should be');
    const token = rememberedToken(project, '/__inbox');
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(rememberedToken(project, '/__inbox')).not.toBe(token);
  });
});
