import { useEffect, useMemo, useState } from 'preact/hooks';
import { counted } from '../../actors/protocol/facts/counted.ts';
import type { DiscardedEntry } from '../../actors/protocol/gateway/snapshot-routes.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { RuntimeGone } from '../components/runtime-gone.tsx';
import { workCalls } from '../session/state/work-calls.ts';
import { useWindow } from '../shell/window-scope.ts';
import { branchOf, broughtBackWords, discardedWords } from '../state/discarded-words.ts';
import { plainLine } from '../state/plain-text.ts';
import { sentencesOf } from '../state/sentence.ts';

/** All work that was given up and is still kept, of every session. */
export const DiscardedDialog = ({ onClose }: { readonly onClose: () => void }) => {
  const { connection, toasts } = useWindow();
  const call = useMemo(() => workCalls(connection.callOf), [connection]);
  const [kept, setKept] = useState<readonly DiscardedEntry[] | null>(null);
  const [days, setDays] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  /** The one whose deletion is asked about. */
  const [doomed, setDoomed] = useState<string | null>(null);

  const load = async (): Promise<void> => {
    const answer = await call('discarded', {});
    setKept(answer.discarded);
    setDays(answer.days);
    setProblem(null);
  };
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      await load();
    } catch (error) {
      setProblem(sentencesOf(error));
    }
  };
  useEffect(() => void attempt(async () => {}), []);

  const bringBack = (entry: DiscardedEntry, body: { branch: string } | { into: null }): void =>
    void attempt(async () => {
      const back = await call('restoreDiscarded', { parameters: { name: entry.name }, body });
      toasts.showToast({ text: broughtBackWords(back, plainLine(entry.sessionName ?? 'its session')) });
    });
  const deleteForGood = ({ name }: DiscardedEntry): void =>
    void attempt(async () => {
      await call('deleteDiscarded', { parameters: { name } });
      setDoomed(null);
    });

  return (
    <Dialog title="Discarded work" onClose={onClose}>
      <p class="asked-note">
        What was put back, discarded or removed is kept{days === null ? '' : ` for ${counted(days, 'day')}`}, under a
        ref of its repository.
      </p>
      {problem !== null && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      {kept === null && problem === null && <p class="quiet">Looking at what is kept…</p>}
      {kept?.length === 0 && <p>There is none.</p>}
      <ul class="discarded-list" aria-busy={kept === null}>
        {kept?.map((each) => (
          <li key={each.name} class="kept">
            <span class="one-line" title={plainLine(each.ref)}>
              {plainLine(each.words)}
            </span>
            <span class="quiet one-line">
              {each.sessionName === null ? '' : `${plainLine(each.sessionName)} · `}
              {discardedWords(each)}
            </span>
            {doomed === each.name ? (
              <span class="kept-acts">
                <Button look="danger" tellsRuntime autofocus onClick={() => deleteForGood(each)}>
                  Delete for good
                </Button>
                <Button onClick={() => setDoomed(null)}>Keep it</Button>
              </span>
            ) : (
              <span class="kept-acts">
                {each.isThere && (
                  <Button tellsRuntime onClick={() => bringBack(each, { into: null })}>
                    Restore
                  </Button>
                )}
                <Button
                  tellsRuntime
                  title={`As one commit on ${plainLine(branchOf(each))}`}
                  onClick={() => bringBack(each, { branch: branchOf(each) })}
                >
                  As a branch
                </Button>
                <Button
                  look="bare"
                  icon="trash"
                  label={`Delete ${plainLine(each.words)}…`}
                  tellsRuntime
                  onClick={() => setDoomed(each.name)}
                />
              </span>
            )}
          </li>
        ))}
      </ul>
      <RuntimeGone />
      <footer class="dialog-foot">
        <Button onClick={onClose} autofocus>
          Close
        </Button>
      </footer>
    </Dialog>
  );
};
