import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';

/** What PostHog's capture service does with one request, as its source has it; pure, so that it can be tested alone. */
export interface IngestionRequest {
  readonly path: string;
  readonly body: Buffer;
  /** Milliseconds since 1970 at the server. */
  readonly now: number;
  /** The project's key; `undefined`: every well-formed key is the project's. */
  readonly apiKey: string | undefined;
}

export interface Ingestion {
  /** The HTTP status. */
  readonly status: number;
  readonly body: string;
  readonly stored: IngestedEvent[];
}

/** An event as PostHog stores it. */
export interface IngestedEvent {
  readonly event: string;
  readonly distinct_id: string;
  readonly uuid: string;
  /** As sent; `undefined` where it was not. */
  readonly timestamp: string | undefined;
  /** The time that PostHog decides on, milliseconds since 1970. */
  readonly time: number;
  readonly properties: Record<string, unknown>;
  /** The path that it came in by. */
  readonly path: string;
}

const maxWireBytes = 20 * 1024 * 1024;
const maxUnpackedBytes = 100 * 1024 * 1024;
const maxEventBytes = 1_000_000;
const maxAiEventBytes = 8 * 1024 * 1024;
const maxDistinctIdLength = 200;
const serdeMaxDepth = 128;
const aiPath = '/i/v0/ai/batch';
const capturePaths = ['/batch', '/capture', '/e', '/i/v0/e', '/track', aiPath];
const uuidForm = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** The answer of PostHog's Rust service; the Python one before it said `{"status":1}`. */
const okBody = '{"status":"Ok"}';

class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export function ingest(request: IngestionRequest): Ingestion {
  const path = request.path.replace(/\/$/, '');
  if (!capturePaths.includes(path)) return { status: 404, body: '', stored: [] };
  const stored: IngestedEvent[] = [];
  try {
    const { key, batch, sentAt } = decode(request);
    checkKey(key);
    if (batch.length === 0) throw new Refusal(400, 'request holds no event');
    // One bad event refuses all: nothing is stored before the last one has been looked at.
    const events = batch.map((event) => checkEvent(event, request, sentAt));
    if (request.apiKey !== undefined && key !== request.apiKey) return { status: 200, body: okBody, stored: [] };
    // Size is looked at later, event by event: those before the large one are stored by then (the AI route refuses all).
    const largest = path === aiPath ? maxAiEventBytes : maxEventBytes;
    const sizes = batch.map((event) => Buffer.byteLength(JSON.stringify(event)));
    if (path === aiPath && sizes.some((size) => size > largest)) throw new Refusal(413, 'maximum event size exceeded');
    events.forEach((event, index) => {
      if ((sizes[index] ?? 0) > largest) throw new Refusal(413, 'maximum event size exceeded');
      stored.push(event);
    });
    return { status: 200, body: okBody, stored };
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.message, stored };
    throw error;
  }
}

interface Decoded {
  readonly key: unknown;
  readonly batch: Record<string, unknown>[];
  readonly sentAt: number;
}

function decode(request: IngestionRequest): Decoded {
  if (request.body.length > maxWireBytes) throw new Refusal(413, 'payload too large');
  const parsed = parse(unpack(request));
  if (typeof parsed !== 'object' || parsed === null) throw new Refusal(400, 'failed to parse request');
  if (Array.isArray(parsed)) return { key: keyOf(parsed[0]), batch: parsed as Decoded['batch'], sentAt: NaN };
  const body = parsed as Record<string, unknown>;
  const batch = Array.isArray(body.batch) ? (body.batch as Decoded['batch']) : [body];
  return { key: keyOf(body), batch, sentAt: Date.parse(String(body.sent_at)) };
}

function keyOf(body: unknown): unknown {
  const holder = (body ?? {}) as Record<string, unknown>;
  return holder.api_key ?? holder.token ?? (holder.properties as Record<string, unknown> | undefined)?.token;
}

function unpack(request: IngestionRequest): string {
  // PostHog goes by the magic bytes: `?compression=gzip` and the header are hints only. Brotli it does not know here.
  const zipped = request.body[0] === 0x1f && request.body[1] === 0x8b;
  if (!zipped) return request.body.toString('utf8');
  try {
    return gunzipSync(request.body, { maxOutputLength: maxUnpackedBytes }).toString('utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new Refusal(413, 'payload too large');
    throw new Refusal(400, 'failed to decode request: invalid GZIP data');
  }
}

function parse(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'failed to parse request');
  }
  // JSON.parse is laxer than serde: it takes lone surrogates and any depth.
  if (depthOf(parsed) >= serdeMaxDepth) throw new Refusal(400, 'failed to parse request: recursion limit exceeded');
  if (hasLoneSurrogate(parsed)) throw new Refusal(400, 'failed to parse request: lone surrogate');
  return parsed;
}

function depthOf(value: unknown): number {
  let depth = 0;
  let level: unknown[] = [value];
  while (level.some((entry) => typeof entry === 'object' && entry !== null)) {
    depth++;
    level = level.flatMap((entry): unknown[] =>
      typeof entry === 'object' && entry !== null ? Object.values(entry) : [],
    );
  }
  return depth;
}

function hasLoneSurrogate(value: unknown): boolean {
  if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('utf8') !== value;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, entry]) => hasLoneSurrogate(key) || hasLoneSurrogate(entry));
}

function checkKey(key: unknown): void {
  if (typeof key !== 'string' || key.trim() === '') throw new Refusal(401, 'event submitted without an api_key');
  if (key.startsWith('phx_')) throw new Refusal(401, 'API key is not valid: personal_api_key');
  if (key.length > 64) throw new Refusal(401, 'API key is not valid: too_long');
}

function checkEvent(raw: Record<string, unknown>, request: IngestionRequest, sentAt: number): IngestedEvent {
  if (typeof raw !== 'object' || raw === null) throw new Refusal(400, 'failed to parse request');
  const { event, uuid, timestamp, properties = {} } = raw;
  if (typeof event !== 'string') throw new Refusal(400, 'failed to parse request: event');
  if (event === '') throw new Refusal(400, 'event submitted with an empty event name');
  if (typeof properties !== 'object' || properties === null)
    throw new Refusal(400, 'failed to parse request: properties');
  if (timestamp !== undefined && typeof timestamp !== 'string')
    throw new Refusal(400, 'failed to parse request: timestamp');
  if (!isUuidOrNone(uuid)) throw new Refusal(400, 'failed to parse request: uuid');
  const known = properties as Record<string, unknown>;
  return {
    event,
    distinct_id: distinctIdOf(raw.distinct_id ?? known.distinct_id),
    uuid: uuid || randomUUID(),
    timestamp,
    time: timeOf(timestamp, known.$ignore_sent_at === true ? NaN : sentAt, request.now),
    properties: known,
    path: request.path,
  };
}

function isUuidOrNone(uuid: unknown): uuid is string | undefined {
  return uuid === undefined || uuid === '' || (typeof uuid === 'string' && uuidForm.test(uuid));
}

function distinctIdOf(value: unknown): string {
  if (value === undefined || value === null) throw new Refusal(400, 'event submitted without a distinct_id');
  const id = typeof value === 'string' ? value : JSON.stringify(value);
  if (id.trim() === '') throw new Refusal(400, 'event submitted with an empty distinct_id');
  return Array.from(id).slice(0, maxDistinctIdLength).join('');
}

/** With `sent_at` the client's clock is set right by the server's. */
function timeOf(timestamp: string | undefined, sentAt: number, now: number): number {
  const time = timestamp === undefined ? NaN : Date.parse(timestamp);
  if (Number.isNaN(time)) return now;
  return Number.isNaN(sentAt) ? time : now + (time - sentAt);
}
