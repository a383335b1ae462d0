import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';

type View = ComponentType<{ readonly id: string }>;

let loaded: View | null = null;

/** The session view comes in a file of its own: the list is there before it, and does not wait for it. */
export const SessionPane = ({ id }: { readonly id: string }) => {
  const [view, setView] = useState<{ readonly component: View } | null>(loaded && { component: loaded });
  const [failed, setFailed] = useState(false);
  const section = useRef<HTMLElement>(null);

  useEffect(() => {
    // Whatever had the focus may be gone with the list, in a narrow window; then the session has it.
    const focused = document.activeElement;
    if (focused === document.body || focused?.checkVisibility?.() === false) section.current?.focus();
  }, []);

  useEffect(() => {
    if (view !== null || failed) return;
    import('../session/session-view.tsx')
      .then(({ SessionView }) => {
        loaded = SessionView;
        setView({ component: SessionView });
      })
      .catch(() => setFailed(true));
  }, [view, failed]);

  if (failed) {
    return (
      <section class="session-pane" aria-label="Session">
        <EmptyState title="This part of the window could not be loaded">
          <p>The runtime did not answer. It may have been stopped, or replaced by another version.</p>
          <Button onClick={() => location.reload()}>Load the window again</Button>
        </EmptyState>
      </section>
    );
  }
  return (
    <section ref={section} class="session-pane" aria-label="Session" aria-busy={view === null} tabIndex={-1}>
      {view && <view.component id={id} />}
    </section>
  );
};
