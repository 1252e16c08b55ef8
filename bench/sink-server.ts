import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

// A process of its own, so that receiving costs the measured process nothing. It counts events by name.
const counts: Record<string, number> = {};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks);
    const isPacked = body[0] === 0x1f && body[1] === 0x8b;
    const { batch = [] } = JSON.parse((isPacked ? gunzipSync(body) : body).toString() || '{}') as {
      batch?: { event: string }[];
    };
    for (const { event } of batch) counts[event] = (counts[event] ?? 0) + 1;
    response.setHeader('content-type', 'application/json').end('{"status":"Ok"}');
  });
});

server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', () => process.send?.({ counts }));
process.on('disconnect', () => process.exit());
