import { computed, effect, signal } from '@preact/signals';
import type { ProblemReport } from '../../../src/inbox/problems/problem-api.ts';
import { allRows } from '../rows.ts';
import { fetchProblems } from '../server.ts';
import { view } from '../views.ts';

/** How often the server is asked while somebody looks at the problems, or waits for a first event, in milliseconds. */
const LOOKED_AT_MS = 500;
/** And for the number in the header only. */
const ELSEWHERE_MS = 5_000;

/** What is wrong, as the server said last; `null` until it has. */
export const problemReport = signal<ProblemReport | null>(null);

/** How many problems need a look. */
export const urgentProblems = computed(
  () => problemReport.value?.problems.filter(({ level }) => level === 'warn' || level === 'bad') ?? [],
);

const isLookedAt = computed(() => view.value === 'problems' || allRows.value.list.length === 0);

/** Keeps the report fresh: what it tells of (ages, books) changes without an event. */
export function followProblems(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = '';
  const ask = async (): Promise<void> => {
    clearTimeout(timer);
    if (!document.hidden) {
      try {
        const report = await fetchProblems();
        const written = JSON.stringify(report);
        if (written !== last) problemReport.value = report;
        last = written;
      } catch {
        // The header says that the server is away; what was known stays.
      }
    }
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), isLookedAt.peek() ? LOOKED_AT_MS : ELSEWHERE_MS);
  };
  effect(() => {
    if (isLookedAt.value) void ask();
  });
  void ask();
  document.addEventListener('visibilitychange', () => void ask());
}
