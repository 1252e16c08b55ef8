import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/run-command.js';
import { version } from '../../src/event/version.js';
import { TestTerminal } from './test-terminal.js';

describe('nestjs-agent-analytics on the command line', () => {
  const run = async (...args: string[]): Promise<[code: number, out: string, error: string]> => {
    const terminal = new TestTerminal();
    const code = await runCommand(args, terminal);
    return [code, terminal.lines.join('\n'), terminal.errors.join('\n')];
  };

  it('says its version and its commands', async () => {
    expect(await run('--version')).toEqual([0, version, '']);
    expect(await run('--help')).toEqual([0, expect.stringContaining('inbox'), '']);
    expect(await run('inbox', '--help')).toEqual([0, expect.stringContaining('inbox tail'), '']);
  });

  it.each([
    [],
    ['nothing'],
    ['__proto__'],
    ['constructor'],
    ['inbox', 'nothing'],
    ['inbox', '--nothing'],
    ['inbox', 'tail', '--nothing'],
  ])('says how it is used where it is used wrongly: %s %s', async (...args) => {
    const [code, out, error] = await run(...args);
    expect([code, out]).toEqual([2, '']);
    expect(error).not.toBe('');
  });

  it.each([
    ['inbox', '--port', 'x'],
    ['inbox', '--forward', 'nowhere'],
    ['inbox', 'tail', '--url', 'https://example.com/__inbox'],
    ['inbox', 'mcp', '--url', 'not an address'],
    ['inbox', 'tail', '--lines', '-1x'],
  ])('says what is wrong with %s %s %s', async (...args) => {
    const [code, out, error] = await run(...args);
    expect(out).toBe('');
    expect(error.length).toBeGreaterThan(20);
    expect(code).toBeGreaterThan(0);
  });
});
