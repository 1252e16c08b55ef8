import type { RecordedModelCall } from '../recorder/recorded-model-call.js';

const MOST_OPERATIONS = 1_000;

/** Calls of embedding models, of whose errors only the operation's id is told. */
export class OpenEmbeddings {
  private readonly open = new Map<string, Map<string, RecordedModelCall>>();

  opened(operation: string, id: string, call: RecordedModelCall): void {
    const calls = this.open.get(operation) ?? new Map<string, RecordedModelCall>();
    this.open.set(operation, calls.set(id, call));
    if (this.open.size > MOST_OPERATIONS) this.open.delete(this.open.keys().next().value as string);
  }

  take(operation: string, id: string): RecordedModelCall | undefined {
    const calls = this.open.get(operation);
    const call = calls?.get(id);
    calls?.delete(id);
    if (calls?.size === 0) this.open.delete(operation);
    return call;
  }

  failed(operation: string, error: unknown): void {
    for (const call of this.open.get(operation)?.values() ?? []) call.end({ error });
    this.open.delete(operation);
  }
}
