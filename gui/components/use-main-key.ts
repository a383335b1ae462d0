import { useEffect, useRef } from 'preact/hooks';

/** Mod+Enter does the main thing of a dialog, wherever in it the focus is. */
export const useMainKey = (run: () => void): void => {
  const current = useRef(run);
  current.current = run;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.repeat) return;
      event.preventDefault();
      event.stopPropagation();
      current.current();
    };
    // Before what is behind the dialog.
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, []);
};
