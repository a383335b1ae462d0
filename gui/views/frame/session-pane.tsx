import { useEffect, useRef } from 'preact/hooks';
import { useWindow } from '../../shell/window-scope.ts';
import { useLatePart } from './late-view.tsx';
import { LostPart } from './lost-part.tsx';

/** Where the open session is shown; its view is loaded apart from the first sight of the window. */
export const SessionPane = ({ id }: { readonly id: string }) => {
  const section = useRef<HTMLElement>(null);
  const late = useLatePart(useWindow().lateViews.session);

  useEffect(() => {
    // Whatever had the focus may be gone with the list, in a narrow window; then the session has it.
    const focused = document.activeElement;
    if (focused === document.body || focused?.checkVisibility?.() === false) section.current?.focus();
  }, []);

  if (late.kind === 'failed') {
    return (
      <section class="session-pane" aria-label="Session">
        <LostPart />
      </section>
    );
  }
  return (
    <section ref={section} class="session-pane" aria-label="Session" aria-busy={late.kind !== 'loaded'} tabIndex={-1}>
      {late.kind === 'loaded' && <late.part.SessionView id={id} />}
    </section>
  );
};
