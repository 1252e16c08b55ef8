import { urgentProblems } from './problem-report.ts';

/** How many problems need a look; nothing where none does. */
export function ProblemBadge() {
  const problems = urgentProblems.value;
  if (problems.length === 0) return null;
  const isBad = problems.some(({ level }) => level === 'bad');
  return (
    <span class={isBad ? 'badge is-bad' : 'badge'} id="problem-count">
      {problems.length}
      <span class="offscreen"> to look at</span>
    </span>
  );
}
