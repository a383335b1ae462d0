import { useEffect, useRef } from 'preact/hooks';
import { isPlainKey, isTyping } from '../shell/keyboard.ts';

/** What keys do, by their names: `r`, `Escape`, `Shift+P`, `Mod+Enter`. */
export type FaceKeys = Readonly<Record<string, () => unknown>>;

/**
 * The keys of a face that has the window to itself. They come before the window's own, which would close what is shown or
 * open something else; where something is typed, only those with Mod count.
 */
export const useFaceKeys = (keys: FaceKeys): void => {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('dialog[open], [role=menu]') !== null) return;
      const name = nameOf(event);
      if (name === null || !Object.hasOwn(current.current, name)) return;
      event.preventDefault();
      event.stopPropagation();
      // Held down since it led here, it does nothing of its own.
      if (event.repeat && name === 'Mod+Enter') return;
      current.current[name]?.();
    };
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, []);
};

const nameOf = (event: KeyboardEvent): string | null => {
  const { key } = event;
  if (event.ctrlKey || event.metaKey) {
    // What is typed is taken back by the field itself.
    const isTypedBack = key === 'z' && isTyping(event.target);
    return event.altKey || event.shiftKey || isTypedBack ? null : `Mod+${key}`;
  }
  if (!isPlainKey(event)) return null;
  // A button that has the focus is pressed by Enter.
  if (key === 'Enter' && event.target instanceof HTMLElement && event.target.matches('button, a')) return null;
  return event.shiftKey && key.length === 1 ? `Shift+${key.toUpperCase()}` : key;
};
