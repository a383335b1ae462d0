import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { DiscardedEntry } from '../../../actors/protocol/gateway/snapshot-routes.ts';
import { Button } from '../../components/button.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { broughtBackWords, discardedWords } from '../../state/discarded-words.ts';
import { useSession } from '../state/session-context.ts';
import { workCalls } from '../state/work-calls.ts';
import { visibleLine } from '../text/visible.ts';

/** Work of this session that was given up, and can still be brought back. */
export const DiscardedList = () => {
  const { actions, connection, toasts } = useWindow();
  const { id, work } = useSession();
  const call = useMemo(() => workCalls(connection.callOf), [connection]);
  const kept = useSignal<readonly DiscardedEntry[]>([]);
  const seen = work.value?.restores.length ?? 0;
  const load = (): void => {
    call('discarded', {})
      .then(({ discarded }) => {
        kept.value = discarded.filter(({ session }) => session === id);
      })
      // The panel does without what cannot be listed.
      .catch(() => {});
  };
  useEffect(load, [connection, id, seen]);

  const restore = async (name: string): Promise<void> => {
    try {
      const back = await call('restoreDiscarded', { parameters: { name }, body: { into: null } });
      toasts.showToast({ text: broughtBackWords(back, 'this session') });
      load();
    } catch (error) {
      toasts.showError(error);
    }
  };

  return (
    <section class="kept-part" aria-label="Discarded work">
      {kept.value.length > 0 && (
        <>
          <h3>
            Discarded work <span class="quiet">in this session</span>
          </h3>
          <ul>
            {kept.value.map((each) => (
              <li key={each.name} class="kept">
                <span class="one-line" title={visibleLine(each.words)}>
                  {visibleLine(each.words)}
                </span>
                <span class="quiet one-line">{discardedWords(each)}</span>
                <span class="kept-acts">
                  <Button tellsRuntime onClick={() => void restore(each.name)}>
                    Restore
                  </Button>
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      <button type="button" class="link" onClick={() => actions.ask({ kind: 'discarded', id: null })}>
        All discarded work, of every session
      </button>
    </section>
  );
};
