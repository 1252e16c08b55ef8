import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SpoolReports } from '../../src/delivery/spool-reports.js';
import { SpoolStore } from '../../src/delivery/spool-store.js';
import { inspectSpool } from '../../src/spool/inspect-spool.js';
import { temporaryFolder } from '../spool/spool-folder.js';
import { auditedPipeline } from '../support/audited-pipeline.js';
import { FakeClock } from '../support/fake-clock.js';
import { faults, startPostHogServer, type PostHogServer } from '../support/posthog-server.js';
import { Spoken } from '../support/spoken.js';

describe('What a spool says', () => {
  let server: PostHogServer;
  beforeEach(async () => {
    server = await startPostHogServer();
  });
  afterEach(() => server.close());

  it('while it takes no events, is full or can’t be read: once each, and once when it is over', () => {
    const said = new Spoken();
    const reports = new SpoolReports(said, '/spool', true);
    for (let round = 0; round < 2; round++) {
      for (let again = 0; again < 3; again++) {
        reports.failing('ENOSPC');
        reports.full();
        reports.unreadable('EIO');
      }
      reports.resumed(7);
      reports.hasRoom();
      reports.hasRoom();
    }
    const troubles = ['NAA401', 'NAA403', 'NAA402', 'NAA404'];
    expect(said.codes).toEqual(['NAA401', 'NAA403', 'NAA410', 'NAA402', 'NAA404', ...troubles]);
    for (const fact of ['/spool', 'ENOSPC', 'EIO', 'the oldest', '7 that were kept']) expect(said.text).toContain(fact);
  });

  it('when the oldest dead letters go: once', async () => {
    const dir = temporaryFolder();
    const clock = new FakeClock();
    const said = new Spoken();
    const memory = { events: 1_000, bytes: 10_000_000 };
    const bounds = { maxDeadBytes: 1_000, segmentBytes: 500 };
    const store = new SpoolStore({ dir, destination: 'd', memory, clock, reporter: said, ...bounds });
    const { pipeline, record, quiet } = auditedPipeline({ server, clock, store, random: () => 0 });
    const isOdd = (name: string) => Number(name.slice(6)) % 2 === 1;
    server.fault(({ events }) => (events.some(isOdd) ? faults.status(400) : undefined));
    record(12);
    void pipeline.flush();
    for (let turn = 0; turn < 20 && pipeline.stats().dead < 6; turn++) {
      await quiet();
      clock.advance(1_000);
    }
    expect(pipeline.stats()).toMatchObject({ delivered: 6, dead: 6 });
    expect(said.codes).toEqual(['NAA411']);
    expect(inspectSpool(dir, { now: clock.now() }).dead.letters).toBeLessThan(6);
  });
});
