import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { messages } from '../../event/messages.js';
import type { RunRecorder } from '../recorder/run-recorder.js';

/** What AI SDK 7 publishes of each operation at its end, whatever integrations it has. */
interface PublishedOperation {
  readonly type?: string;
  readonly event?: { readonly callId?: string };
}

const CHANNEL = 'tracing:ai:telemetry:asyncEnd';

/**
 * Warns of the first call whose own `telemetry.integrations` replaced all others, so that `hasSeen` knows nothing of it.
 * Not in production: a subscriber makes the AI SDK prepare what it publishes.
 */
export function warnOfBypassingCalls(recorder: RunRecorder, hasSeen: (callId: string) => boolean): () => void {
  if (process.env['NODE_ENV'] === 'production') return () => undefined;
  const onEnd = recorder.guard('aiSdk() ai:telemetry', (published: unknown): void => {
    const { type, event } = published as PublishedOperation;
    if (type !== 'generateText' && type !== 'streamText') return;
    if (event?.callId === undefined || hasSeen(event.callId)) return;
    stop();
    recorder.warnOnce(messages.callBypassesIntegration('aiSdk()', type));
  });
  const stop = (): void => void unsubscribe(CHANNEL, onEnd);
  subscribe(CHANNEL, onEnd);
  return stop;
}
