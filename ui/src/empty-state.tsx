import { clearFilters, isFiltered } from './filters.ts';
import { problemReport } from './problems/problem-report.ts';
import { allRows } from './rows.ts';
import { view } from './views.ts';

/** What stands where no row does: nothing came yet, or nothing matches. */
export function EmptyState() {
  const isEmpty = allRows.value.list.length === 0;
  return (
    <div class="empty">
      {isEmpty ? (
        <>
          <p class="empty-title">No events yet</p>
          <p>Use the application: what it tracks appears here as it happens.</p>
          <LikelyReason />
        </>
      ) : (
        <>
          <p class="empty-title">No event matches</p>
          {isFiltered.value && (
            <button type="button" class="button" onClick={clearFilters}>
              Clear filters
            </button>
          )}
        </>
      )}
    </div>
  );
}

/** Of all that may be wrong, the one thing that is most likely; the view has the rest. */
function LikelyReason() {
  const report = problemReport.value;
  if (report === null) return null;
  return (
    <>
      {report.likely !== null && <p id="likely">Nothing yet: {report.likely}</p>}
      <button type="button" class="button" onClick={() => (view.value = 'problems')}>
        Why is nothing here?
      </button>
    </>
  );
}
