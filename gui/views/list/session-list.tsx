import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Virtualizer, type VirtualizerHandle } from 'virtua';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { classes } from '../../components/classes.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { movedSelection } from '../../state/selection.ts';
import { rowElementId, SessionRow } from './session-row.tsx';

/** The sessions as a grid: one row is active, the arrows move it, Enter opens it. Only rows in sight exist. */
export const SessionList = () => {
  const { actions, menus, store } = useWindow();
  const { isStale, listedRows, openedId, overlay, rowsById, selectedId } = store;
  const rows = listedRows.value;
  const selected = selectedId.value;
  const virtualizer = useRef<VirtualizerHandle>(null);
  const grid = useRef<HTMLDivElement>(null);
  const indexById = useMemo(() => new Map<string, number>(rows.map((row, index) => [row.id, index])), [rows]);
  const selectedIndex = selected === null ? undefined : indexById.get(selected);

  // The selected row stays in the page, so that it can be named to a screen reader wherever the list is scrolled.
  const kept = useMemo(() => (selectedIndex === undefined ? [] : [selectedIndex]), [selectedIndex]);

  useEffect(() => {
    const index = selected === null ? undefined : indexById.get(selected);
    if (index !== undefined) virtualizer.current?.scrollToIndex(index, { align: 'nearest' });
    // Follows a choice, not a row that moves: a list that runs away under the pointer helps nobody.
  }, [selected]);

  // A list that is gone is left by nobody.
  useEffect(() => store.releaseOrder, [store]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rowsById.value.get(selected ?? '');
    const move = movedSelection(rows.map(idOf), selected, event.key, pageLength(grid.current));
    if (move !== null) selectedId.value = move;
    else if (row === undefined) return;
    else if (event.key === 'Enter') actions.openSession(row.id);
    else if (event.key === 'Delete') overlay.value = { kind: 'remove', id: row.id };
    else if (event.key === '.' || event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      const element = document.querySelector(`#${rowElementId(row.id)} .row-menu`);
      if (element) menus.openMenu(element, `Actions for ${row.name}`, actions.sessionMenu(row));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a table cannot be virtualised
    <div
      id="sessions"
      ref={grid}
      class={classes('session-list', isStale.value && 'is-stale')}
      role="grid"
      aria-label="Sessions"
      aria-rowcount={rows.length}
      aria-activedescendant={selectedIndex === undefined ? undefined : rowElementId(rows[selectedIndex]?.id ?? '')}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && store.holdOrder()}
      onPointerLeave={store.releaseOrder}
      onFocus={() => {
        if (selectedId.value === null) selectedId.value = rows[0]?.id ?? null;
      }}
    >
      <Virtualizer ref={virtualizer} data={rows} keepMounted={kept}>
        {(row: DashboardRow, index: number) => (
          <SessionRow
            key={row.id}
            row={row}
            index={index}
            isSelected={row.id === selected}
            isOpened={row.id === openedId.value}
          />
        )}
      </Virtualizer>
    </div>
  );
};

const idOf = (row: DashboardRow): string => row.id;

const pageLength = (grid: HTMLElement | null): number => {
  const rowHeight = grid?.querySelector('.session-row')?.clientHeight ?? 0;
  return rowHeight > 0 && grid ? Math.max(1, Math.floor(grid.clientHeight / rowHeight) - 1) : 10;
};
