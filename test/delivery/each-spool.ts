import { afterEach, beforeEach } from 'vitest';
import { temporaryFolder } from '../spool/spool-folder.js';
import { FakeClock } from '../support/fake-clock.js';
import { startPostHogServer, type PostHogServer } from '../support/posthog-server.js';

interface SpoolPlace {
  readonly server: PostHogServer;
  readonly clock: FakeClock;
  /** An empty folder. */
  readonly dir: string;
}

/** Gives each test around it a server, a clock and a folder of its own. */
export function eachSpool(made: (there: SpoolPlace) => void): void {
  let server: PostHogServer;
  beforeEach(async () => {
    server = await startPostHogServer();
    made({ server, clock: new FakeClock(), dir: temporaryFolder() });
  });
  afterEach(() => server.close());
}
