import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { LostPart } from './lost-part.tsx';

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

    if (failed) return <LostPart />;
    return View && <View {...props} />;
  };
};
