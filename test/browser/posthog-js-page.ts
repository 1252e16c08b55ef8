import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

/** A page of another port of this machine that has posthog-js from npm and nothing else. */
export class PostHogJsPage {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<PostHogJsPage> {
    const script = readFileSync(createRequire(import.meta.url).resolve('posthog-js/dist/module.js'), 'utf8');
    const server = createServer((request, response) => {
      const isScript = request.url === '/posthog.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? script : html);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new PostHogJsPage(server);
  }

  get url(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const html = `<!doctype html><title>Shop</title><link rel="icon" href="data:,"><button>Buy</button>
<script type="module">
  import posthog from '/posthog.js';
  globalThis.posthog = posthog;
</script>`;
