import { clearFilters, isFiltered } from './filters.ts';
import { allRows } from './rows.ts';

/** What stands where no row does: nothing came yet, or nothing matches. */
export function EmptyState() {
  const isEmpty = allRows.value.list.length === 0;
  return (
    <div class="empty">
      {isEmpty ? (
        <>
          <p class="empty-title">No events yet</p>
          <p>Use the application: what it tracks appears here as it happens.</p>
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
