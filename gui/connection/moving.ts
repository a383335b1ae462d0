/**
 * From the origin of a runtime that is gone to that of the one in its place (see `window-host.ts`). How the list looks
 * goes along in the address, behind `#`, where no server sees it; what is remembered goes another way, see `memory.ts`.
 */
import { isOrder, type Order } from '../state/order.ts';

/** What goes along. */
export type View = {
  /** The address of what is open, from its `#` on. */
  readonly at: string;
  readonly filter: string;
  readonly order: Order;
  readonly selected: string | null;
};

const mark = '#moved?';
const movedToKey = 'throughline.moved-to';

/** The address at which a page of the new runtime finds what is open now; `url` is its one-time URL. */
export const movedAddress = (url: string, search: string, { at, filter, order, selected }: View): string => {
  const view = new URLSearchParams({ at, filter, order, ...(selected === null ? {} : { selected }) });
  return `${url}${search}${mark}${view}`;
};

/** What a page brought here, read from its address; null if it was not moved. */
export const viewIn = (hash: string): View | null => {
  if (!hash.startsWith(mark)) return null;
  const view = new URLSearchParams(hash.slice(mark.length));
  const order = view.get('order');
  return {
    at: view.get('at') || '#/',
    filter: view.get('filter') ?? '',
    order: isOrder(order) ? order : 'default',
    selected: view.get('selected'),
  };
};

/** Leaves by a one-time URL of the new runtime, to what is open now. */
export const moveTo = (url: string, view: View): void => {
  const { origin } = new URL(url);
  try {
    // By a name that everybody knows, the next one is found at the same place.
    if (origin !== location.origin) sessionStorage.setItem(movedToKey, origin);
  } catch {
    // Switched off: only the way back does not lead on then.
  }
  location.replace(movedAddress(url, location.search, view));
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
