import { ProblemBadge } from './problems/problem-badge.tsx';
import { view, views } from './views.ts';

/** Leads from one view to another. */
export function ViewSwitch() {
  return (
    <nav class="views" aria-label="Views">
      {views.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          data-view={id}
          aria-current={view.value === id ? 'page' : undefined}
          onClick={() => (view.value = id)}
        >
          {label}
          {id === 'problems' && <ProblemBadge />}
        </button>
      ))}
    </nav>
  );
}
