import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../../src/cli/run-command.js';
import { systemClock } from '../../../src/event/clock.js';
import { inspectSpool } from '../../../src/spool/inspect-spool.js';
import { apiKey, OwnDelivery } from '../../faults/subject.js';
import { replaceFs, systemError } from '../../spool/replace-fs.js';
import { temporaryFolder } from '../../spool/spool-folder.js';
import { faults, startPostHogServer, type PostHogServer } from '../../support/posthog-server.js';
import { TestTerminal } from '../test-terminal.js';

describe('spool', () => {
  let server: PostHogServer;
  let dir: string;
  beforeEach(async () => {
    server = await startPostHogServer();
    dir = temporaryFolder();
    vi.stubEnv('POSTHOG_API_KEY', apiKey);
    vi.stubEnv('POSTHOG_HOST', server.url);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await server.close();
  });

  const run = async (...args: string[]): Promise<[code: number, out: string, error: string]> => {
    const terminal = new TestTerminal();
    const code = await runCommand(['spool', ...args], terminal);
    return [code, terminal.lines.join('\n'), terminal.errors.join('\n')];
  };
  const start = () => new OwnDelivery('spool', { host: server.url, dir, clock: systemClock });
  /** A process that captured so many events, and is gone. */
  const leaveBehind = (count: number) => {
    const gone = start();
    for (let n = 1; n <= count; n++) gone.capture(n);
    gone.pipeline.close();
  };
  const letterOf = async (badName: number) => {
    const writer = start();
    server.fault(({ events }) => (events.length === 1 ? faults.status(400) : undefined), 1);
    writer.capture(badName);
    await writer.pipeline.flush();
    server.fault(({ events }) => (events.length === 1 ? faults.status(400) : undefined), 1);
    writer.capture(2);
    writer.capture(3);
    await writer.pipeline.leave(5_000);
    writer.pipeline.close();
  };

  describe('status', () => {
    it('says what waits, for whom, and who uses it', async () => {
      leaveBehind(7);
      const live = start();
      live.capture(1);
      live.pipeline.drain();
      const [code, out] = await run('status', dir);
      expect(code).toBe(0);
      expect(out).toContain('in use, 1 pending');
      expect(out).toContain('adopted: ');
      expect(out).toContain('7 pending');
      expect(out).toContain('for this key and host');
      expect(out.split('\n').at(-1)).toBe('8 pending in 2 folders, 0 dead letters');
      live.pipeline.close();
    });

    it('says what to do about it', async () => {
      await letterOf(1);
      leaveBehind(7);
      const [, out] = await run('status', dir);
      expect(out).toContain('7 pending in 1 folder, 1 dead letter\n');
      expect(out).toContain('7 left behind: an application on this folder takes them over');
      expect(out).toContain('1 dead letter: "spool export --dead" shows');
      vi.stubEnv('POSTHOG_API_KEY', 'phc_other');
      expect((await run('status', dir))[1]).toContain('7 for another key or host: only');
      vi.stubEnv('POSTHOG_API_KEY', '');
      expect((await run('status', dir))[1]).toContain('Set POSTHOG_API_KEY and POSTHOG_HOST to see');
    });

    it('leaves every file as it is', async () => {
      leaveBehind(3);
      const before = readdirSync(dir, { recursive: true });
      await run('status', dir);
      expect(readdirSync(dir, { recursive: true })).toEqual(before);
    });

    it('says it as JSON', async () => {
      leaveBehind(3);
      const [, out] = await run('status', dir, '--json');
      expect(JSON.parse(out)).toMatchObject({ instances: [{ pending: 3, isAlive: false }], dead: { letters: 0 } });
    });

    it('fails for a folder that is none', async () => {
      const folder = join(dir, 'nothing');
      expect(await run('status', folder)).toEqual([1, '', `There is no folder ${folder}.`]);
    });
  });

  describe('export', () => {
    it('writes the events as they would be sent, and takes none away', async () => {
      leaveBehind(3);
      const [code, out, error] = await run('export', dir);
      const events = out.split('\n').map((line) => JSON.parse(line) as { properties: { n: number } });
      expect(events.map(({ properties }) => properties.n)).toEqual([1, 2, 3]);
      expect([code, error]).toEqual([0, '3 pending events written']);
      await run('drain', dir);
      const sent = server.requests.flatMap(({ json }) => (json as { batch: unknown[] }).batch);
      expect(sent).toEqual(events);
    });
  });

  describe('drain', () => {
    it('sends what is left behind, and leaves an empty folder', async () => {
      leaveBehind(250);
      expect(await run('drain', dir)).toEqual([0, '250 sent, 0 refused by PostHog, 0 still wait', '']);
      expect(server.distinct()).toHaveLength(250);
      expect(inspectSpool(dir).instances).toEqual([]);
    });

    it('refuses to send under another key, or to another host', async () => {
      leaveBehind(5);
      vi.stubEnv('POSTHOG_API_KEY', 'phc_other');
      const nothing = 'nothing to send for this key and host';
      expect(await run('drain', dir)).toEqual([
        1,
        nothing,
        expect.stringContaining('5 events for another key or host'),
      ]);
      vi.stubEnv('POSTHOG_API_KEY', '');
      expect(await run('drain', dir)).toEqual([2, '', expect.stringContaining('POSTHOG_API_KEY')]);
      expect(server.requests).toEqual([]);
      expect(inspectSpool(dir).instances).toMatchObject([{ pending: 5 }]);
    });

    it('leaves a running process alone', async () => {
      const live = start();
      live.capture(1);
      live.pipeline.drain();
      const before = readdirSync(dir, { recursive: true });
      expect(await run('drain', dir)).toEqual([
        0,
        'nothing to send for this key and host',
        'Not sent: 1 event of a running process, which does that itself.',
      ]);
      expect(readdirSync(dir, { recursive: true })).toEqual(before);
      expect(server.requests).toEqual([]);
      live.pipeline.close();
    });

    it('keeps what it can not send in its time, and says so', async () => {
      leaveBehind(5);
      server.fault(faults.status(503));
      const [code, out, error] = await run('drain', dir, '--timeout', '0.5');
      expect([code, out]).toEqual([1, '0 sent, 0 refused by PostHog, 5 still wait']);
      expect(error).toContain('NAA301');
      expect(inspectSpool(dir).instances.reduce((sum, { pending }) => sum + pending, 0)).toBe(5);
    });

    it('says so where the disk lets it take nothing over', async () => {
      leaveBehind(5);
      replaceFs('mkdirSync', (real) => (...args: Parameters<typeof real>) => {
        if (String(args[0]).includes('.new-')) throw systemError('EROFS');
        return real(...args);
      });
      const [code, out, error] = await run('drain', dir);
      expect([code, out]).toEqual([1, '0 sent, 0 refused by PostHog, 0 still wait']);
      expect(error).toContain(`Not sent: 5 events in ${dir} that could not be taken over.`);
    });

    it('shows how far it is where the terminal can', async () => {
      leaveBehind(2_000);
      server.fault(faults.slow(150));
      const shown: string[] = [];
      const terminal = Object.assign(new TestTerminal(), { progress: (text: string) => void shown.push(text) });
      await runCommand(['spool', 'drain', dir], terminal);
      expect(shown.join('\n')).toMatch(/\[=+ +\] \d+ of 2000 events sent/);
      expect(shown.at(-1)).toBe('');
    });
  });

  describe('replay', () => {
    it('makes dead letters pending again, which then are sent', async () => {
      await letterOf(1);
      expect(inspectSpool(dir).dead).toMatchObject({ letters: 1, byReason: { 'HTTP 400': 1 } });
      expect((await run('export', dir, '--dead'))[1]).toContain('"n":');
      expect(await run('replay', dir, '--reason', 'HTTP 413')).toEqual([
        0,
        'dead letters that are pending again: 0 of 1',
        '',
      ]);
      const [code, out] = await run('replay', dir);
      expect([code, out.split('\n')[0]]).toEqual([0, 'dead letters that are pending again: 1 of 1']);
      expect(inspectSpool(dir).dead.letters).toBe(0);
      server.clearFaults();
      expect((await run('drain', dir))[1]).toBe('1 sent, 0 refused by PostHog, 0 still wait');
      expect(server.distinct()).toHaveLength(3);
    });

    it('is what a running application counts as replayed', async () => {
      await letterOf(1);
      leaveBehind(2);
      await run('replay', dir);
      server.clearFaults();
      const next = start();
      expect(next.pipeline.stats()).toMatchObject({ adopted: 2, replayed: 1, pending: { total: 3 } });
      await next.end(5_000);
      expect(next.wrong).toBeUndefined();
      expect(next.pipeline.stats()).toMatchObject({ accepted: 0, delivered: 3, pending: { total: 0 } });
    });
  });

  it('says how it is used when it is asked', async () => {
    const [code, out, error] = await run('drain', '--help');
    expect([code, error]).toEqual([0, '']);
    expect(out).toContain('spool drain DIR');
  });

  it.each([[[]], [['status']], [['nothing', 'x']], [['drain', 'x', '--nothing']], [['status', '.', '..']]])(
    'says how it is used where it is used wrongly: %j',
    async (args) => {
      const [code, out, error] = await run(...args);
      expect([code, out]).toEqual([2, '']);
      expect(error).not.toBe('');
    },
  );
});
