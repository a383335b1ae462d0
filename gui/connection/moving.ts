/**
 * From the origin of a runtime that is gone to that of the one in its place (see `window-host.ts`). How the list looks
 * goes along in the address, behind `#`, where no server sees it; what is remembered goes another way, see `memory.ts`.
 */

import { filterText, order, selectedId } from '../shell/store.ts';
import { isOrder } from '../state/order.ts';

const mark = '#moved?';
const movedToKey = 'throughline.moved-to';

/** Leaves by a one-time URL of the new runtime, to what is open now. */
export const moveTo = (url: string): void => {
  const view = new URLSearchParams({ at: location.hash, filter: filterText.value, order: order.value });
  if (selectedId.value !== null) view.set('selected', selectedId.value);
  const { origin } = new URL(url);
  try {
    // By a name that everybody knows, the next one is found at the same place.
    if (origin !== location.origin) sessionStorage.setItem(movedToKey, origin);
  } catch {
    // Switched off: only the way back does not lead on then.
  }
  location.replace(`${url}${location.search}${mark}${view}`);
};

/**
 * Leads on who comes back to a page that was left like this, as the browser's "back" keeps the old address, where nobody
 * is let in any more. False for any other page.
 */
export const leadOn = (): boolean => {
  const origin = movedTo();
  if (origin === null) return false;
  location.replace(`${origin}/${location.search}${location.hash}`);
  return true;
};

const movedTo = (): string | null => {
  try {
    return sessionStorage.getItem(movedToKey);
  } catch {
    return null;
  }
};

/** Takes what a page brought here. To be called before the address is followed. */
export const arrive = (): void => {
  if (!location.hash.startsWith(mark)) return;
  const view = new URLSearchParams(location.hash.slice(mark.length));
  const brought = view.get('order');
  if (isOrder(brought)) order.value = brought;
  filterText.value = view.get('filter') ?? '';
  selectedId.value = view.get('selected');
  history.replaceState(null, '', view.get('at') || '#/');
};
