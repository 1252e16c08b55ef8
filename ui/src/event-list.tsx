import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { EmptyState } from './empty-state.tsx';
import { EventRow } from './event-row.tsx';
import { visibleRows } from './filters.ts';
import { Icon } from './icons.tsx';
import { rowId } from './row-id.ts';
import { cursor } from './selection.ts';

const WIDE_ROW = 34;
/** More than are ever in sight: an element that scrolls out is used again for a row that scrolls in. */
const POOL = 256;
const NARROW_ROW = 58;

/** The rows, newest first; only those in sight are in the document. */
export function EventList() {
  const rows = visibleRows.value;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer(scroller, rows.length);
  const unseenAbove = useAnchor(scroller, virtual);
  useCursorInSight(virtual);
  const items = virtual.getVirtualItems();
  return (
    <div class="list">
      <div
        ref={scroller}
        id="events"
        class="scroller"
        role="listbox"
        aria-label="Events, newest first"
        tabIndex={0}
        onFocus={showCursor}
        aria-activedescendant={activeId(items)}
      >
        <div class="rows" role="presentation" style={{ height: `${virtual.getTotalSize()}px` }}>
          {items.map(({ index, start, size }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <EventRow
                key={index % POOL}
                row={row}
                state={row.state}
                reason={row.reason}
                place={index}
                total={rows.length}
                top={start}
                height={size}
              />
            );
          })}
        </div>
      </div>
      {rows.length === 0 && <EmptyState />}
      {unseenAbove > 0 && (
        <button type="button" class="button new-above" onClick={() => virtual.scrollToOffset(0)}>
          <Icon name="up" />
          <span>{`${unseenAbove} new`}</span>
        </button>
      )}
    </div>
  );
}

type List = Virtualizer<HTMLDivElement, Element>;

function useVirtualizer(scroller: { current: HTMLDivElement | null }, count: number): List {
  const [, redraw] = useState({});
  const [virtual] = useState(
    () =>
      new Virtualizer<HTMLDivElement, Element>({
        ...listOptions(0),
        getScrollElement: () => null,
        onChange: () => undefined,
      }),
  );
  virtual.setOptions({ ...listOptions(count), getScrollElement: () => scroller.current, onChange: () => redraw({}) });
  useLayoutEffect(() => virtual._didMount(), [virtual]);
  useLayoutEffect(() => virtual._willUpdate());
  useEffect(() => {
    const narrow = matchMedia(narrowQuery);
    const measure = (): void => virtual.measure();
    narrow.addEventListener('change', measure);
    return () => narrow.removeEventListener('change', measure);
  }, [virtual]);
  return virtual;
}

const narrowQuery = '(max-width: 720px)';

function listOptions(count: number) {
  return {
    count,
    estimateSize: () => (matchMedia(narrowQuery).matches ? NARROW_ROW : WIDE_ROW),
    overscan: 8,
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
  };
}

/** Keeps what is being read in its place while new rows come above it; says how many have. */
function useAnchor(scroller: { current: HTMLDivElement | null }, virtual: List): number {
  const rows = visibleRows.value;
  const top = useRef<string | null>(null);
  const [unseen, setUnseen] = useState(0);
  const newest = rows[0]?.key ?? null;
  useLayoutEffect(() => {
    const element = scroller.current;
    const known = top.current;
    top.current = newest;
    if (element === null || known === null || known === newest) return;
    if (element.scrollTop < WIDE_ROW) return setUnseen(0);
    const added = rows.findIndex(({ key }) => key === known);
    if (added <= 0) return;
    element.scrollTop += added * virtual.options.estimateSize(0);
    setUnseen((before) => before + added);
  }, [newest]);
  const isAtTop = (virtual.scrollOffset ?? 0) < WIDE_ROW;
  useEffect(() => {
    if (isAtTop) setUnseen(0);
  }, [isAtTop]);
  return unseen;
}

function useCursorInSight(virtual: List): void {
  const key = cursor.value;
  useLayoutEffect(() => {
    const place = key === null ? -1 : visibleRows.peek().findIndex((row) => row.key === key);
    if (place !== -1) virtual.scrollToIndex(place, { align: 'auto' });
  }, [key]);
}

/** Focus must be seen somewhere: on a row. */
function showCursor(): void {
  cursor.value ??= visibleRows.peek()[0]?.key ?? null;
}

function activeId(items: readonly { index: number }[]): string | undefined {
  const key = cursor.value;
  const rows = visibleRows.value;
  return items.some(({ index }) => rows[index]?.key === key) ? rowId(key ?? '') : undefined;
}
