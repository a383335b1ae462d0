/** One window, composed: what it knows, shows and can do. Every view finds it by `useWindow`. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { createClock } from '../components/clock.ts';
import { createMenus, type Menus } from '../components/menu.tsx';
import type { Surroundings } from '../components/surroundings.ts';
import { createToasts, type Toasts } from '../components/toast.tsx';
import type { Connection } from '../connection/connection.ts';
import { type Actions, createActions } from './actions.ts';
import { type Changes, createChanges } from './changes.ts';
import { followDashboard } from './follow-dashboard.ts';
import { followKeyboard } from './keyboard.ts';
import { createLateViews, type LateViewLoaders, type LateViews } from './late-views.ts';
import type { Navigation } from './navigation.ts';
import { createPreferences, type Preferences } from './preferences.ts';
import type { Store } from './store.ts';
import { type AttentionWatch, createAttentionWatch } from './watch-attention.ts';

export type WindowScope = Surroundings & {
  readonly connection: Connection;
  readonly navigation: Navigation;
  readonly store: Store;
  readonly preferences: Preferences;
  readonly attentionWatch: AttentionWatch;
  readonly changes: Changes;
  readonly actions: Actions;
  readonly lateViews: LateViews;
  readonly menus: Menus;
  readonly toasts: Toasts;
  /** Tries to reach the runtime at once instead of waiting for the next attempt. */
  readonly retryConnection: () => void;
};

export type WindowDependencies = {
  readonly connection: Connection;
  readonly navigation: Navigation;
  readonly store: Store;
  readonly loaders: LateViewLoaders;
};

/** Makes a window, which follows the runtime, the address and the keyboard from now on. */
export const openWindow = ({ connection, navigation, store, loaders }: WindowDependencies): WindowScope => {
  const { call, memory } = connection;
  const clock = createClock();
  const toasts = createToasts();
  const lateViews = createLateViews(loaders);
  const preferences = createPreferences(memory);
  const attentionWatch = createAttentionWatch({ memory, store, navigate: navigation.navigate });
  preferences.apply();
  navigation.followAddress();
  clock.start();
  const live = followDashboard({
    connection,
    store,
    // What a key may open next, and is there when the runtime has gone.
    afterwards: () => {
      lateViews.session.load();
      lateViews.newSession.load();
      lateViews.search.load();
    },
  });
  attentionWatch.watch();
  const scope: WindowScope = Object.freeze({
    connection,
    navigation,
    store,
    preferences,
    attentionWatch,
    changes: createChanges({ call, store }),
    actions: createActions({ call, navigation, store, toasts }),
    lateViews,
    retryConnection: live.retry,
    clock,
    isRuntimeGone: store.isStale,
    menus: createMenus(),
    toasts,
  });
  followKeyboard(scope);
  return scope;
};

export const WindowContext = createContext<WindowScope | null>(null);

/** The window that a view stands in. */
export const useWindow = (): WindowScope => {
  const scope = useContext(WindowContext);
  if (scope === null) throw new Error('a view stands outside of a window');
  return scope;
};
