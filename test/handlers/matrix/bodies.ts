import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { StreamableFile } from '@nestjs/common';
import { createUIMessageStream, pipeUIMessageStreamToResponse } from 'ai';
import { concatMap, from, map, Observable, timer } from 'rxjs';
import type { Ending, Shape } from './cells.js';
import type { Tools } from './handlers.js';
import type { Work } from './watched.js';

/** What a handler's body has at hand. */
export interface Call {
  readonly session: string;
  readonly ending: Ending;
  readonly tools: Tools;
  readonly work: Work;
  /** The response, where the handler writes to it by itself. */
  readonly response?: ServerResponse;
  /** Makes of a chunk what the transport wants of each. */
  readonly chunk?: (text: string) => unknown;
}

export const chunks = ['one ', 'zwei ', '三'];

/** What the handlers do. Each calls a tool, and tells how its producer ended. */
export const bodies: Record<Shape, (call: Call) => unknown> = {
  value(call) {
    return answered(call);
  },
  async promise(call) {
    call.work.start();
    await nextTurn();
    if (call.ending === 'aborted') {
      await call.tools.waitFor(call.work.controller.signal).finally(() => call.work.release('stopped'));
    }
    return answered(call);
  },
  generator: (call) => produced(call),
  observable: (call) => observed(call),
  readable: (call) => readable(call),
  'web stream': (call) => webStream(call),
  'web response': (call) => new Response(webStream(call), { status: 202, headers: { 'x-answer': 'whole' } }),
  // Nest's own default logs what fails.
  file: (call) => new StreamableFile(readable(call)).setErrorLogger(() => undefined),
  sse: (call) => observed(call).pipe(map((data) => ({ data }))),
  piped(call) {
    pipeline(readable(call), call.response as ServerResponse, () => undefined);
  },
  'ui messages'(call) {
    const stream = createUIMessageStream({
      generateId: () => 'message',
      onError: () => 'dry',
      async execute({ writer }) {
        writer.write({ type: 'text-start', id: 'text' });
        for await (const delta of produced(call)) {
          writer.write({ type: 'text-delta', id: 'text', delta: String(delta) });
          if (call.response?.destroyed === true) return;
        }
        writer.write({ type: 'text-end', id: 'text' });
      },
    });
    void pipeUIMessageStreamToResponse({ response: call.response as ServerResponse, stream });
  },
};

function answered({ tools, session, ending, work, chunk }: Call): unknown {
  work.start();
  const answer = tools.lookUp(session);
  work.release(ending === 'returned' ? 'done' : 'failed');
  if (ending === 'threw') throw new RangeError('dry');
  return chunk === undefined ? { answer } : chunk(answer);
}

/** Three chunks, and then as its ending says: it goes on until its consumer leaves, for one. */
async function* produced({ tools, session, ending, work, chunk = String }: Call): AsyncGenerator<unknown> {
  try {
    tools.lookUp(session);
    for (const text of chunks) {
      yield chunk(text);
      await nextTurn();
    }
    work.start();
    if (ending === 'aborted') {
      for (;;) {
        yield chunk('.');
        await delay(2);
      }
    }
    work.release(ending === 'threw' ? 'failed' : 'done');
    if (ending === 'threw') throw new RangeError('dry');
  } finally {
    work.release('stopped');
  }
}

function observed({ tools, session, ending, work, chunk = String }: Call): Observable<unknown> {
  return new Observable((subscriber) => {
    tools.lookUp(session);
    work.start();
    const all = from(chunks).pipe(concatMap(async (text) => (await nextTurn(), chunk(text))));
    const ends = {
      complete() {
        if (ending === 'aborted') return void subscriber.add(timer(0, 2).subscribe(() => subscriber.next(chunk('.'))));
        work.release(ending === 'threw' ? 'failed' : 'done');
        if (ending === 'threw') subscriber.error(new RangeError('dry'));
        else subscriber.complete();
      },
    };
    subscriber.add(all.subscribe({ next: (each) => subscriber.next(each), ...ends }));
    subscriber.add(() => work.release('stopped'));
  });
}

/** Its tool is called by the handler: what reads a stream does so in its own context. */
function readable(call: Call): Readable {
  const { tools, session } = call;
  tools.lookUp(session);
  return Readable.from(produced({ ...call, tools: silent }), { objectMode: false });
}

function webStream(call: Call): ReadableStream<Uint8Array> {
  call.tools.lookUp(call.session);
  const producer = produced({ ...call, tools: silent });
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const step = await producer.next();
      if (step.done === true) controller.close();
      else controller.enqueue(encoder.encode(String(step.value)));
    },
    async cancel() {
      await producer.return(undefined);
    },
  });
}

const silent: Tools = { lookUp: (session) => session, waitFor: () => Promise.resolve() };
