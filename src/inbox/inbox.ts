import type { SinkRegistry } from '../delivery/sink-registry.js';
import { AccessToken } from './access-token.js';
import { EventFeed } from './event-feed.js';
import { EventFinder } from './event-finder.js';
import { EventStore } from './event-store.js';
import { EventView } from './event-view.js';
import { InboxServer } from './inbox-server.js';
import { InboxTap } from './inbox-tap.js';
import type { InboxSettings } from './inbox.options.js';
import { CallNotes } from './problems/call-notes.js';
import { problemsOf } from './problems/problems.js';
import { rememberedToken } from './remembered-token.js';

/** One inbox with all its parts: what it keeps, what it shows, and who may see it. */
export class Inbox {
  readonly token: AccessToken;
  readonly tap: InboxTap;
  readonly server: InboxServer;
  readonly notes = new CallNotes();
  private readonly store: EventStore;
  private readonly feed: EventFeed;
  private readonly finder: EventFinder;
  private readonly startedAt = Date.now();

  /** Whether it will see any event. */
  readonly hasAnalytics: boolean;

  constructor(
    readonly settings: InboxSettings,
    registry: SinkRegistry | undefined,
  ) {
    this.token = new AccessToken(settings.token ?? newToken(settings.path));
    this.store = new EventStore(settings.maxEvents, settings.maxBytes);
    this.tap = new InboxTap(this.store);
    this.tap.listen();
    this.notes.listen();
    registry?.add(this.tap);
    this.hasAnalytics = registry !== undefined;
    const view = new EventView(this.store, this.tap);
    this.feed = new EventFeed(view);
    this.finder = new EventFinder(view);
    this.server = new InboxServer(settings.path, {
      view,
      feed: this.feed,
      finder: this.finder,
      token: this.token,
      rules: { hasGuard: settings.guard !== undefined, allowedHosts: settings.allowedHosts },
      host: () => this.tap.settings.host,
      clear: () => this.clear(),
      problems: () =>
        problemsOf({
          boot: this.store.boot,
          startedAt: this.startedAt,
          notes: this.notes,
          settings: this.tap.settings,
          report: registry?.report,
        }),
    });
  }

  clear(): void {
    this.tap.history.clear();
    this.store.clear();
  }

  /** Ends the streams and the waiting, which would keep the application's server from closing. */
  close(): void {
    this.tap.close();
    this.notes.close();
    this.feed.close();
    this.finder.close();
  }
}

/** In production nothing is left on the disk. */
function newToken(path: string): string {
  return process.env.NODE_ENV === 'production' ? AccessToken.random() : rememberedToken(process.cwd(), path);
}
