import type { RunRecorder } from './run-recorder.js';

/** The hooks, each guarded by the recorder under its name; those that `runsWork` names are left as they are. */
export function guardedHooks<H extends object>(
  recorder: RunRecorder,
  integration: string,
  hooks: H,
  runsWork: (name: string) => boolean = () => false,
): H {
  const entries = Object.entries(hooks).map(([name, hook]: [string, unknown]) => {
    return [name, runsWork(name) ? hook : recorder.guard(`${integration} ${name}`, hook as () => void)];
  });
  return Object.fromEntries(entries) as H;
}
