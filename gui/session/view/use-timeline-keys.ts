import type { RefObject } from 'preact';
import type { VirtualizerHandle } from 'virtua';
import { useWindow } from '../../shell/window-scope.ts';
import { type Item, placeOfItem } from '../model/item.ts';
import type { Place } from '../model/place.ts';
import { useSession } from '../state/session-context.ts';
import type { Direction } from '../state/session-source.ts';
import { jumpKinds } from './jump-kinds.ts';

type Listed = { readonly list: RefObject<VirtualizerHandle | null>; readonly items: readonly Item[] };

/**
 * The keys of the timeline: `Home`, `End`, `[` and `]` for what needs attention before and after, and `i` for why what is
 * marked, or in the middle, is as it is.
 */
export const useTimelineKeys = ({ list, items }: Listed): ((event: KeyboardEvent) => void) => {
  const { actions } = useWindow();
  const { id, state } = useSession();
  const jump = (direction: Direction): void => {
    void state.jump(
      jumpKinds.attention.types,
      placeInSight(state.target.peek()?.place ?? null, list, items),
      direction,
    );
  };
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    if (event.key === 'End') void state.goToEnd();
    else if (event.key === 'Home') void state.goTo({ run: 0, seq: 1 });
    else if (event.key === 'i') {
      const place = placeInSight(state.target.peek()?.place ?? null, list, items);
      actions.inspectSession(id, place !== null && place.run > 0 ? place : null);
    } else if (event.key === ']') jump('next');
    else if (event.key === '[') jump('previous');
    else return;
    event.preventDefault();
  };
};

/** From where a jump starts: the event that is marked while it is in sight, otherwise the middle of what is. */
const placeInSight = (
  marked: Place | null,
  { current: list }: Listed['list'],
  items: readonly Item[],
): Place | null => {
  if (list === null) return marked;
  const first = list.findItemIndex(list.scrollOffset);
  const last = list.findItemIndex(list.scrollOffset + list.viewportSize);
  const inSight = items.slice(first, last + 1);
  if (marked !== null && inSight.some((item) => item.run === marked.run && item.seq === marked.seq)) return marked;
  const middle = items[Math.floor((first + last) / 2)];
  return middle === undefined ? marked : placeOfItem(middle);
};
