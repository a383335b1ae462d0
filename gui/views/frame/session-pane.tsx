import { useEffect, useRef } from 'preact/hooks';
import { loadSessionParts, sessionParts } from '../../shell/session-parts.ts';
import { connection } from '../../shell/store.ts';
import { LostPart } from './lost-part.tsx';

/** Where the open session is shown; its view is loaded apart from the first sight of the window. */
export const SessionPane = ({ id }: { readonly id: string }) => {
  const section = useRef<HTMLElement>(null);
  const loaded = sessionParts.value;
  const isLive = connection.value.kind === 'live';

  useEffect(() => {
    // Whatever had the focus may be gone with the list, in a narrow window; then the session has it.
    const focused = document.activeElement;
    if (focused === document.body || focused?.checkVisibility?.() === false) section.current?.focus();
  }, []);

  // Again when the runtime has come back.
  useEffect(loadSessionParts, [isLive]);

  if (loaded.kind === 'failed') {
    return (
      <section class="session-pane" aria-label="Session">
        <LostPart />
      </section>
    );
  }
  return (
    <section ref={section} class="session-pane" aria-label="Session" aria-busy={loaded.kind !== 'loaded'} tabIndex={-1}>
      {loaded.kind === 'loaded' && <loaded.parts.SessionView id={id} />}
    </section>
  );
};
