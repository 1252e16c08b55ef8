import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { AnalyticsEvent } from 'nestjs-agent-analytics';

/** A stand-in for PostHog on this machine: takes batches, and keeps what was in them. */
export interface PostHogReceiver {
  readonly url: string;
  readonly events: readonly AnalyticsEvent[];
  close(): void;
}

interface WireEvent {
  uuid: string;
  event: string;
  distinct_id: string;
  timestamp: string;
  properties: AnalyticsEvent['properties'];
}

export async function startReceiver(apiKey: string): Promise<PostHogReceiver> {
  const events: AnalyticsEvent[] = [];
  const server = createServer((request, response) => {
    readBatch(request, apiKey).then(
      (batch) => {
        events.push(...batch);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"Ok"}');
      },
      (error: unknown) => response.writeHead(400, { 'content-type': 'text/plain' }).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    events,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function readBatch(request: IncomingMessage, apiKey: string): Promise<AnalyticsEvent[]> {
  const bytes = await buffer(request);
  if (request.url?.replace(/\/?(\?.*)?$/, '') !== '/batch') throw new Error('Only /batch/ is known here.');
  const json = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  const body = JSON.parse(json.toString('utf8')) as { api_key?: string; batch: WireEvent[] };
  if (body.api_key !== apiKey) throw new Error('This is not the key that the demo was given.');
  return body.batch.map(({ uuid, event, distinct_id, timestamp, properties }) => ({
    uuid,
    event,
    distinctId: distinct_id,
    timestamp,
    properties,
    groups: (properties['$groups'] ?? {}) as Record<string, string>,
  }));
}
