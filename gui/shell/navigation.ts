/** Where the window is: the address, followed and changed. */
import { signal } from '@preact/signals';
import { formatRoute, parseRoute, type Route } from './route.ts';

export type Navigation = {
  /** Where the window is now. */
  readonly currentRoute: () => Route;
  /** Goes there; `replace` leaves no entry to come back to. */
  readonly navigate: (route: Route, options?: { readonly replace?: boolean }) => void;
  /** Follows the address from now on. */
  readonly followAddress: () => void;
};

export const createNavigation = (): Navigation => {
  const route = signal<Route>({ kind: 'dashboard' });
  const read = (): void => {
    route.value = parseRoute(location.hash);
  };
  return Object.freeze({
    currentRoute: () => route.value,
    navigate: (to, options = {}) => {
      const hash = formatRoute(to);
      if (options.replace) history.replaceState(null, '', hash);
      else if (hash !== location.hash) history.pushState(null, '', hash);
      route.value = parseRoute(hash);
    },
    followAddress: () => {
      window.addEventListener('popstate', read);
      window.addEventListener('hashchange', read);
      read();
    },
  } satisfies Navigation);
};
