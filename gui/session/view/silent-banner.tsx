import { useSignal } from '@preact/signals';
import { silentSince } from '../../../actors/model/limits/silent-since.ts';
import { Button } from '../../components/button.tsx';
import { useSurroundings } from '../../components/surroundings.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { nearTime } from '../../state/time.ts';
import { useSession } from '../state/session-context.ts';

/** That an agent that works has said nothing for long, and what can be done about it. */
export const SilentBanner = () => {
  const { connection, toasts } = useWindow();
  const { now } = useSurroundings().clock;
  const { id, row } = useSession();
  const busy = useSignal(false);
  const since = row.value && silentSince(row.value, now.value);
  if (since === null) return null;
  const ask = async (what: 'pause' | 'interrupt'): Promise<void> => {
    busy.value = true;
    try {
      await connection.call(what, { parameters: { id }, body: {} });
    } catch (error) {
      toasts.showError(error);
    } finally {
      busy.value = false;
    }
  };
  return (
    <section class="recovery" aria-label="Silent">
      <p class="recovery-text">
        <strong>Silent since {nearTime(since)}</strong> The agent works, or waits for its model and does not say so.
      </p>
      <Button busy={busy.value} tellsRuntime onClick={() => void ask('pause')}>
        Pause
      </Button>
      <Button busy={busy.value} tellsRuntime onClick={() => void ask('interrupt')}>
        Interrupt
      </Button>
    </section>
  );
};
