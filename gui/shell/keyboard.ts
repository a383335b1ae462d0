/** The keys that work everywhere in the window. Those of a list or a dialog live with it. */

import type { Menus } from '../components/menu.tsx';
import type { Toasts } from '../components/toast.tsx';
import { type Actions, focusFilter, focusList } from './actions.ts';
import type { Navigation } from './navigation.ts';
import type { Overlay, Store } from './store.ts';

export type KeyboardDependencies = {
  readonly actions: Actions;
  readonly menus: Menus;
  readonly navigation: Navigation;
  readonly store: Store;
  readonly toasts: Toasts;
};

/** Whether what is pressed there is text. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select'));

/**
 * Whether a key writes a letter of a script that is composed (for example of Japanese): its Enter takes what was composed
 * and sends nothing. WebKit tells of that Enter after the composition has ended, with the code of keys that are composed.
 */
const isOfComposition = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === composedKeyCode;

const composedKeyCode = 229;

/** Whether a key is for the window: nothing is typed, no dialog has the keyboard to itself, and nobody took it yet. */
export const isPlainKey = (event: KeyboardEvent): boolean =>
  !event.defaultPrevented &&
  !(event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) &&
  document.querySelector('dialog[open]') === null;

const listKeys = new Set(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'Enter', 'j', 'k']);

/** Follows the keyboard from now on. */
export const followKeyboard = ({ actions, menus, navigation, store, toasts }: KeyboardDependencies): void => {
  const { currentRoute, navigate } = navigation;
  const { openedId, overlay, rowsById, selectedId } = store;

  const forSession = (act: (id: string) => void): void => {
    const id = openedId.value ?? selectedId.value;
    if (id !== null && rowsById.value.has(id)) act(id);
  };

  const ask = (question: Overlay): void => {
    overlay.value = question;
  };

  const plainKeys: Readonly<Record<string, () => void>> = {
    n: () => navigate({ kind: 'new' }),
    s: () => navigate({ kind: 'search', terms: { text: '' } }),
    a: () => {
      overlay.value = { kind: 'attention' };
    },
    l: focusList,
    i: () => {
      const id = openedId.value ?? selectedId.value;
      if (id !== null && currentRoute().kind !== 'inspect') actions.inspectSession(id);
    },
    u: () => forSession((id) => ask({ kind: 'undo', id, run: null })),
    r: () => {
      const id = openedId.value ?? selectedId.value;
      if (id !== null && currentRoute().kind !== 'review') actions.reviewSession(id);
    },
    '/': focusFilter,
    '?': () => {
      overlay.value = { kind: 'help' };
    },
    F2: () => forSession((id) => ask({ kind: 'rename', id })),
  };
  /** With Shift: what is wider than the same letter alone. */
  const shiftedKeys: Readonly<Record<string, () => void>> = {
    l: () => forSession((id) => navigate({ kind: 'land', id })),
    f: () => forSession((id) => ask({ kind: 'fork', id, snapshot: null })),
  };

  /** Where nothing has the focus and only the list is there, its keys are meant for it. */
  const moveInList = (event: KeyboardEvent): boolean => {
    if (!listKeys.has(event.key) || document.activeElement !== document.body) return false;
    if (currentRoute().kind !== 'dashboard') return false;
    const list = document.getElementById('sessions');
    if (list === null) return false;
    event.preventDefault();
    // The first key in a list without a selection selects, by the focus alone.
    const isFirst = selectedId.value === null;
    list.focus();
    if (!isFirst) list.dispatchEvent(new KeyboardEvent('keydown', { key: event.key, bubbles: true, cancelable: true }));
    return true;
  };

  // Before every other listener of the window: no field has to think of it by itself.
  window.addEventListener('keydown', (event) => isOfComposition(event) && event.stopImmediatePropagation(), true);

  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || menus.isMenuOpen()) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      overlay.value = overlay.value?.kind === 'palette' ? null : { kind: 'palette' };
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === 'z' && !isTyping(event.target) && toasts.undo()) {
      event.preventDefault();
      return;
    }
    if (!isPlainKey(event)) return;
    if (event.key === 'Escape') {
      if (openedId.value !== null) actions.closeSession();
      else navigate({ kind: 'dashboard' });
      return;
    }
    if (moveInList(event)) return;
    const run =
      shiftedKeys[event.shiftKey ? event.key.toLowerCase() : ''] ??
      plainKeys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
};
