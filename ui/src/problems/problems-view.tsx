import { timeText } from '../format.ts';
import { HealthFigures } from './health-figures.tsx';
import { ProblemCard } from './problem-card.tsx';
import { problemReport } from './problem-report.ts';

/** Why events may be missing or wrong, and how delivery stands. */
export function ProblemsView() {
  const report = problemReport.value;
  if (report === null) return <main class="problems" aria-label="Problems" />;
  const { likely, delivery, problems, since } = report;
  return (
    // What scrolls has the focus, so that keys scroll it.
    <main class="problems" aria-label="Problems" tabIndex={0} data-total={problems.length}>
      <div class="problems-column">
        {likely !== null && (
          <p class="likely">
            <strong>Nothing yet:</strong> {likely}
          </p>
        )}
        {delivery !== null && <HealthFigures health={delivery} />}
        <h2 class="problems-title">
          Why is something missing? <span class="faint">Since {timeText(since)}</span>
        </h2>
        {problems.length === 0 ? (
          <p class="problems-none">Nothing that the inbox knows of.</p>
        ) : (
          <ul class="problem-list">
            {problems.map((problem) => (
              <ProblemCard key={problem.id} problem={problem} />
            ))}
          </ul>
        )}
      </div>
    </main>
  );
}
