import { useSignal } from '@preact/signals';
import { Age } from '../../components/age.tsx';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { useSession } from '../state/session-context.ts';
import { visibleLine } from '../text/visible.ts';

/** After a restore: what happened, and the offer to go on. It goes with the session's first new event. */
export const RecoveryBanner = () => {
  const { connection, toasts } = useWindow();
  const { id, row, state } = useSession();
  const busy = useSignal(false);
  const session = row.value;
  // One that is paused goes on by itself, and its own banner says when.
  if (session === null || !session.restored || session.work.pause !== null) return null;
  const resume = async (): Promise<void> => {
    busy.value = true;
    try {
      await connection.call('resume', { parameters: { id }, body: {} });
      await state.goToEnd();
    } catch (error) {
      toasts.showError(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <section class="recovery" aria-label="Restored session">
      <Icon name="restore" />
      <p class="recovery-text">
        <strong>Restored{session.restoredAt !== null && ' '}</strong>
        {session.restoredAt !== null && <Age at={session.restoredAt} class="quiet" />}{' '}
        {visibleLine(session.recoveryHint ?? 'The runtime ended while this session was at work.')}
      </p>
      <Button look="primary" icon="play" busy={busy.value} tellsRuntime onClick={() => void resume()}>
        Continue
      </Button>
    </section>
  );
};
