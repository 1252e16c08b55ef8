import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import {
  connect as connectHttp2,
  constants,
  createServer as createHttp2Server,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2ServerResponse,
} from 'node:http2';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RequestEnd, responseEnd } from '../../src/requests/response-end.js';

describe('responseEnd', () => {
  const server = createServer();
  let response: ServerResponse;
  let socket: Socket;
  beforeEach(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  });
  afterEach(() => {
    socket.destroy();
    return new Promise((closed) => server.close(closed));
  });
  const ends = (of: unknown = response): string[] => {
    const told: string[] = [];
    responseEnd(of)?.onEnd?.((how, status) => told.push(`${how} ${status}`));
    return told;
  };

  it('tells once that the response was sent, with its status', async () => {
    const told = ends();
    response.writeHead(202).end('x');
    await once(response, 'close');
    expect(told).toEqual(['completed 202']);
  });

  it('tells that the client left', async () => {
    const told = ends();
    socket.destroy();
    await once(response, 'close');
    expect(told).toEqual(['closed 200']);
    expect(responseEnd(response)?.hasClosed?.()).toBe(true);
  });

  it('tells what the application destroyed it with', async () => {
    const told: unknown[] = [];
    responseEnd(response)?.onEnd?.((how, _status, error) => told.push(how, error));
    const dry = new RangeError('dry');
    response.on('error', () => undefined).destroy(dry);
    await once(response, 'close');
    expect(told).toEqual(['closed', dry]);
  });

  it('tells at once where the client had left, or the response was sent, before', async () => {
    response.end();
    await once(response, 'close');
    expect(ends()).toEqual(['completed 200']);
    expect(responseEnd(response)?.hasClosed?.()).toBe(false);
  });

  it('tells at once of a client that left before the handler was reached', async () => {
    socket.destroy();
    await once(response, 'close');
    expect(ends()).toEqual(['closed 200']);
  });

  it('tells each chunk that is written, and not an answer sent in one piece; keys and back-pressure stay', async () => {
    const keys = Object.keys(response);
    let writes = 0;
    responseEnd(response)?.onWrite?.(() => writes++);
    expect(Object.keys(response)).toEqual(keys);
    expect(response.write('one')).toBe(true);
    expect(response.write('x'.repeat(1_000_000))).toBe(false);
    response.end('last');
    expect(writes).toBe(2);
    const [sent] = (await once(socket, 'data')) as [Buffer];
    expect(sent.toString()).toContain('one');
  });

  it('listens once, however many messages the response ends, and tells each write to all of them', async () => {
    const end = responseEnd(response);
    const listening = response.listenerCount('finish');
    const told: string[] = [];
    for (let message = 0; message < 20; message++) {
      end?.onEnd?.((how) => told.push(how));
      end?.onWrite?.(() => told.push('wrote'));
    }
    expect(response.listenerCount('finish')).toBe(listening + 1);
    response.write('x');
    response.end();
    await once(response, 'close');
    expect(told).toEqual([...Array<string>(20).fill('wrote'), ...Array<string>(20).fill('completed')]);
  });

  it('leaves out a header that cannot be one', () => {
    responseEnd(response)?.setHeader?.('x-analytics-trace-id', 'спор');
    expect(response.getHeaderNames()).toEqual([]);
  });

  it('takes Fastify’s reply for the response in it, and nothing else', () => {
    expect(responseEnd({ raw: response })).toBeDefined();
    for (const none of [undefined, null, {}, 'x', { raw: {} }]) expect(responseEnd(none)).toBeUndefined();
  });
});

describe('responseEnd over HTTP/2', () => {
  const server = createHttp2Server();
  let client: ClientHttp2Session;
  beforeEach(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  afterEach(() => {
    client.close();
    return new Promise((closed) => server.close(closed));
  });

  it.each([
    ['completed', (_stream: ClientHttp2Stream, response: Http2ServerResponse) => void response.end()],
    ['closed', (stream: ClientHttp2Stream) => stream.close(constants.NGHTTP2_CANCEL)],
  ])('tells one that is %s', async (expected, finish) => {
    const stream = client.request({ ':path': '/' });
    stream.resume();
    const [, response] = (await once(server, 'request')) as [unknown, Http2ServerResponse];
    const told: string[] = [];
    const end = responseEnd(response);
    end?.onEnd?.((how) => told.push(how));
    response.write('x');
    finish(stream, response);
    await once(response, 'close');
    expect(told).toEqual([expected]);
    expect(end?.hasClosed?.()).toBe(expected === 'closed');
    expect(RequestEnd.of(response)?.hasClosed()).toBe(expected === 'closed');
  });
});
