import { useSignal } from '@preact/signals';
import { Button } from '../../components/button.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { useSession } from '../state/session-context.ts';

/** What an interrupted turn left running, and the offer to end it; the timeline says what that is. */
export const LeftRunningBanner = () => {
  const { connection, toasts } = useWindow();
  const { id, row } = useSession();
  const busy = useSignal(false);
  const left = row.value?.leftRunning ?? 0;
  if (left === 0) return null;
  const end = async (): Promise<void> => {
    busy.value = true;
    try {
      await connection.call('endLeftRunning', { parameters: { id }, body: {} });
    } catch (error) {
      toasts.showError(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <section class="recovery" aria-label="Left running">
      <p class="recovery-text">
        <strong>Left running</strong> {left === 1 ? 'A process' : `${left} processes`} of an interrupted turn{' '}
        {left === 1 ? 'goes' : 'go'} on.
      </p>
      <Button busy={busy.value} tellsRuntime onClick={() => void end()}>
        {left === 1 ? 'End it' : 'End them'}
      </Button>
    </section>
  );
};
