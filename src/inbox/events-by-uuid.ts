import type { Fate, StoredEvent } from './stored-event.js';

/** The events of the inbox by their ids. Two may have one: an application that tells an event again gives it so. */
export class EventsByUuid {
  private readonly last = new Map<string, StoredEvent>();
  /** Those before the last, oldest first, where there are any. */
  private readonly earlier = new Map<string, StoredEvent[]>();

  has(uuid: string): boolean {
    return this.last.has(uuid);
  }

  add(event: StoredEvent): void {
    const { uuid } = event;
    if (uuid === '') return;
    const before = this.last.get(uuid);
    const earlier = this.earlier.get(uuid);
    if (earlier !== undefined && before !== undefined) earlier.push(before);
    else if (before !== undefined) this.earlier.set(uuid, [before]);
    this.last.set(uuid, event);
  }

  find(uuid: string): StoredEvent | undefined {
    return this.last.get(uuid);
  }

  /** The one that delivery speaks of: the first whose fate is open, or the last. */
  findOpen(uuid: string): StoredEvent | undefined {
    return this.earlier.get(uuid)?.find(({ fate }) => !isFinal(fate)) ?? this.last.get(uuid);
  }

  /** Takes away the oldest of all. */
  removeOldest(event: StoredEvent): void {
    const { uuid } = event;
    if (this.last.get(uuid) === event) this.last.delete(uuid);
    const earlier = this.earlier.get(uuid);
    earlier?.shift();
    if (earlier?.length === 0) this.earlier.delete(uuid);
  }

  clear(): void {
    this.last.clear();
    this.earlier.clear();
  }
}

export function isFinal(fate: Fate): boolean {
  return fate === 'delivered' || fate === 'dropped';
}
