import { useSignal } from '@preact/signals';
import { pauseWords } from '../../../actors/model/limits/pause-words.ts';
import { Button } from '../../components/button.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { sentence } from '../../state/sentence.ts';
import { nearTime } from '../../state/time.ts';
import { useSession } from '../state/session-context.ts';

/** What a paused run waits for and until when, and what can be done about that. */
export const PauseBanner = () => {
  const { connection, toasts } = useWindow();
  const { id, row } = useSession();
  const busy = useSignal(false);
  const changes = useSignal(false);
  const session = row.value;
  const words = session && pauseWords(session, nearTime);
  if (session === null || words === null) return null;
  const { pause } = session.work;
  const parameters = { id };
  const perform = async (work: () => Promise<unknown>): Promise<void> => {
    busy.value = true;
    try {
      await work();
      changes.value = false;
    } catch (error) {
      toasts.showError(error);
    } finally {
      busy.value = false;
    }
  };
  const change = (text: string): void => {
    const at = new Date(text).getTime();
    if (!Number.isNaN(at)) void perform(() => connection.call('continue', { parameters, body: { at } }));
  };
  return (
    <section class="recovery" aria-label="Paused">
      <p class="recovery-text">
        <strong>Paused</strong> {sentence(words)} {pause !== null && pause.message !== '' && sentence(pause.message)}
      </p>
      {changes.value && (
        <form
          class="pause-change"
          onSubmit={(event) => {
            event.preventDefault();
            change(String(new FormData(event.currentTarget).get('at') ?? ''));
          }}
        >
          <input
            type="datetime-local"
            name="at"
            required
            aria-label="Goes on at"
            defaultValue={localTime(pause?.until ?? Date.now())}
          />
          <Button type="submit" busy={busy.value} tellsRuntime>
            Set
          </Button>
        </form>
      )}
      <Button
        look="primary"
        icon="play"
        busy={busy.value}
        tellsRuntime
        onClick={() => void perform(() => connection.call('continue', { parameters, body: {} }))}
      >
        Continue now
      </Button>
      {!changes.value && (
        <Button
          tellsRuntime
          onClick={() => {
            changes.value = true;
          }}
        >
          Change…
        </Button>
      )}
      <Button
        busy={busy.value}
        tellsRuntime
        title="The run ends as interrupted"
        onClick={() => void perform(() => connection.call('interrupt', { parameters, body: {} }))}
      >
        Stop waiting
      </Button>
    </section>
  );
};

/** As the field takes it: `2026-11-30T17:42`, where the person is. */
const localTime = (ms: number): string =>
  new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
