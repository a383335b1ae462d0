/** The keys that work everywhere in the window. Those of a list or a dialog live with it. */

import { isMenuOpen } from '../components/menu.tsx';
import { closeSession, focusFilter, focusList, inspectSession } from './actions.ts';
import { currentRoute, navigate } from './route.ts';
import { openedId, overlay, rowsById, selectedId } from './store.ts';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select'));

const plainKeys: Readonly<Record<string, () => void>> = {
  n: () => navigate({ kind: 'new' }),
  s: () => navigate({ kind: 'search', terms: { text: '' } }),
  a: () => {
    overlay.value = { kind: 'attention' };
  },
  l: focusList,
  i: () => {
    const id = openedId.value ?? selectedId.value;
    if (id !== null && currentRoute().kind !== 'inspect') inspectSession(id);
  },
  '/': focusFilter,
  '?': () => {
    overlay.value = { kind: 'help' };
  },
  F2: () => {
    const id = openedId.value ?? selectedId.value;
    if (id !== null && rowsById.value.has(id)) overlay.value = { kind: 'rename', id };
  },
};

const listKeys = new Set(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End', 'Enter', 'j', 'k']);

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

export const followKeyboard = (): void => {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || isMenuOpen()) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      overlay.value = overlay.value?.kind === 'palette' ? null : { kind: 'palette' };
      return;
    }
    // A dialog has the keyboard to itself.
    if (document.querySelector('dialog[open]') !== null) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === 'Escape') {
      if (openedId.value !== null) closeSession();
      else navigate({ kind: 'dashboard' });
      return;
    }
    if (moveInList(event)) return;
    const run = plainKeys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
};
