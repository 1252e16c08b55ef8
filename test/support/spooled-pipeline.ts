import { SpoolStore, type SpoolStoreOptions } from '../../src/delivery/spool-store.js';
import { auditedPipeline, type Audited, type AuditedOptions } from './audited-pipeline.js';
import { Spoken } from './spoken.js';

export interface Spooled extends Audited {
  /** What the spool said. */
  readonly said: Spoken;
  /** What `onDrop` heard, as `event_1 expired`. */
  readonly drops: string[];
}

/** An audited pipeline with a spool in `dir`, whose events go to `d`. */
export function spooledPipeline(
  { dir, clock, ...spool }: Pick<SpoolStoreOptions, 'dir' | 'clock'> & Partial<SpoolStoreOptions>,
  options: AuditedOptions,
): Spooled {
  const said = new Spoken();
  const drops: string[] = [];
  const memory = { events: 1_000, bytes: 10_000_000 };
  const store = new SpoolStore({ dir, clock, destination: 'd', memory, reporter: said, ...spool });
  const onDrop: AuditedOptions['onDrop'] = ({ event }, reason) => void drops.push(`${event} ${reason}`);
  return { ...auditedPipeline({ clock, store, random: () => 0, onDrop, ...options }), said, drops };
}
