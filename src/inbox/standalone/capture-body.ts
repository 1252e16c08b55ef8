import { IngestionRefusal, unpack } from './read-body.js';

/** What of a request its body's form depends on. */
export interface BodyForm {
  readonly contentType: string;
  readonly contentEncoding: string;
  readonly authorization: string | undefined;
  /** The newest endpoint: the key stands in the header, and brotli is allowed. */
  readonly isV1: boolean;
}

/** The events of one request, not looked at yet. */
export interface CaptureBody {
  readonly key: unknown;
  readonly events: readonly unknown[];
}

/** PostHog's parser gives up at this depth. */
const MOST_DEPTH = 128;
/** The inbox keeps no more of them. */
const MOST_EVENTS = 10_000;

/** Takes a body apart: JSON, gzip, or the base64 form of posthog-js. Throws an `IngestionRefusal`. */
export async function readCaptureBody(bytes: Buffer, form: BodyForm): Promise<CaptureBody> {
  const unpacked = await unpack(bytes, form.isV1 && form.contentEncoding === 'br');
  const parsed = parse(isFormBody(unpacked, form) ? await formData(unpacked) : unpacked.toString('utf8'));
  if (typeof parsed !== 'object' || parsed === null) throw new IngestionRefusal(400, 'failed to parse request');
  const { events, holder } = eventsOf(parsed);
  if (events.length === 0) throw new IngestionRefusal(400, 'request holds no event');
  if (events.length > MOST_EVENTS) throw new IngestionRefusal(413, `more than ${MOST_EVENTS} events in one request`);
  const bearer = /^Bearer (\S+)$/.exec(form.authorization ?? '')?.[1];
  return { key: form.isV1 ? bearer : keyOf(holder), events };
}

function isFormBody(body: Buffer, { contentType }: BodyForm): boolean {
  return contentType.startsWith('application/x-www-form-urlencoded') || body.toString('latin1', 0, 5) === 'data=';
}

/** `data=` with JSON, or base64 of JSON or gzip; posthog-js may leave the `+` of base64 unescaped. */
async function formData(body: Buffer): Promise<string> {
  const data = new URLSearchParams(body.toString('utf8')).get('data');
  if (data === null) throw new IngestionRefusal(400, 'failed to decode request: form has no data');
  if (/^\s*[[{]/.test(data)) return data;
  return (await unpack(Buffer.from(data.replaceAll(' ', '+'), 'base64'))).toString('utf8');
}

function parse(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new IngestionRefusal(400, 'failed to parse request');
  }
  const fault = faultOf(parsed);
  if (fault !== undefined) throw new IngestionRefusal(400, `failed to parse request: ${fault}`);
  return parsed;
}

/** What JSON.parse takes and PostHog's parser does not. Without recursion: the depth is the sender's. */
function faultOf(root: unknown): string | undefined {
  const open: [value: unknown, depth: number][] = [[root, 1]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (typeof value === 'string' && !value.isWellFormed()) return 'lone surrogate';
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MOST_DEPTH) return 'recursion limit exceeded';
    for (const [key, inner] of Object.entries(value)) {
      if (!key.isWellFormed()) return 'lone surrogate';
      open.push([inner, depth + 1]);
    }
  }
  return undefined;
}

/** `{ api_key, batch }`, an array of events, or one event. */
function eventsOf(parsed: object): { events: readonly unknown[]; holder: unknown } {
  if (Array.isArray(parsed)) return { events: parsed, holder: (parsed as unknown[])[0] };
  const { batch } = parsed as { batch?: unknown };
  return { events: Array.isArray(batch) ? batch : [parsed], holder: parsed };
}

function keyOf(holder: unknown): unknown {
  const { api_key: key, token, $token, properties } = (holder ?? {}) as Record<string, unknown>;
  const inner = (properties ?? {}) as Record<string, unknown>;
  return key ?? token ?? $token ?? inner.token ?? inner.$token;
}
