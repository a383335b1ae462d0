import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from './button.tsx';
import { EmptyState } from './empty-state.tsx';

/** A view that comes in a file of its own: nothing waits for it but who opens it. It is loaded once. */
export const lazyView = <Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> => {
  let loaded: ComponentType<Props> | null = null;

  return (props: Props) => {
    const [View, setView] = useState<ComponentType<Props> | null>(() => loaded);
    const [failed, setFailed] = useState(false);

    useEffect(() => {
      if (View !== null || failed) return;
      load()
        .then((component) => {
          loaded = component;
          setView(() => component);
        })
        .catch(() => setFailed(true));
    }, [View, failed]);

    if (failed) {
      return (
        <EmptyState title="This part of the window could not be loaded">
          <p>The runtime did not answer. It may have been stopped, or replaced by another version.</p>
          <Button onClick={() => location.reload()}>Load the window again</Button>
        </EmptyState>
      );
    }
    return View && <View {...props} />;
  };
};
