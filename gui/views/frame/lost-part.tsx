import { useEffect } from 'preact/hooks';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { useWindow } from '../../shell/window-scope.ts';

/**
 * In place of a part of the window that could not be fetched. Chromium keeps a module's failure as it keeps its
 * success, so asking for it again does not help, only loading the page again does. When the runtime answers that is done
 * here, but not by a page that was just loaded again: then it is up to who looks.
 */
export const LostPart = () => {
  const isLive = useWindow().store.connection.value.kind === 'live';
  useEffect(() => {
    if (isLive && !wasJustReloaded()) location.reload();
  }, [isLive]);
  return (
    <EmptyState title="This part of the window could not be loaded">
      <p>The runtime did not answer. It may have been stopped, or replaced by another version.</p>
      <Button onClick={() => location.reload()}>Load the window again</Button>
    </EmptyState>
  );
};

const justMs = 60_000;

const wasJustReloaded = (): boolean => {
  const [navigation] = performance.getEntriesByType('navigation');
  return (
    performance.now() < justMs && navigation instanceof PerformanceNavigationTiming && navigation.type === 'reload'
  );
};
