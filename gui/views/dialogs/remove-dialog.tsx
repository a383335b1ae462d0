import { useEffect, useState } from 'preact/hooks';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { WorktreeChanges } from '../../../actors/protocol/gateway/window.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { RuntimeGone } from '../../components/runtime-gone.tsx';
import { ApiError } from '../../connection/api.ts';
import { isUnderWay } from '../../shell/actions.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { plainLine } from '../../state/plain-text.ts';
import { sentencesOf } from '../../state/sentence.ts';

type Loss =
  | { readonly kind: 'asking' }
  /** It has no worktree of its own: nothing but its history goes. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' }
  | ({ readonly kind: 'known' } & WorktreeChanges);

const mostFilesShown = 8;

/** Says what would be lost before anything is: the history, and what the worktree holds that no commit has. */
export const RemoveDialog = ({ row, onClose }: { readonly row: DashboardRow; readonly onClose: () => void }) => {
  const { actions, connection, navigation, store, toasts } = useWindow();
  const { call } = connection;
  const [loss, setLoss] = useState<Loss>({ kind: 'asking' });
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    const asking = new AbortController();
    call('changes', { parameters: { id: row.id } }, { signal: asking.signal })
      .then((changes) => setLoss({ kind: 'known', ...changes }))
      .catch((error: unknown) => {
        if (asking.signal.aborted) return;
        setLoss({ kind: error instanceof ApiError && error.code === 'worktree.missing' ? 'none' : 'unknown' });
      });
    return () => asking.abort();
    // What an agent left is known when it has ended.
  }, [row.id, isUnderWay(row)]);

  const isDirty = (loss.kind === 'known' && loss.dirty) || problem?.code === 'worktree.dirty';

  const remove = async (): Promise<void> => {
    setBusy(true);
    try {
      const { parkedRef } = await call('remove', {
        parameters: { id: row.id },
        query: { force: isDirty ? 'true' : 'false' },
      });
      if (store.openedId.value === row.id) navigation.navigate({ kind: 'dashboard' }, { replace: true });
      toasts.showToast({
        text: `Removed ${plainLine(row.name)}.`,
        hint: parkedRef === null ? null : `Its uncommitted work is kept in git under ${parkedRef}`,
      });
      onClose();
    } catch (error) {
      setProblem(error instanceof ApiError ? error : new ApiError(String(error), { code: 'internal' }));
      setBusy(false);
    }
  };

  return (
    <Dialog title={`Remove ${plainLine(row.name)}?`} onClose={onClose} size="small">
      <div class="remove-loss" aria-live="polite" aria-busy={loss.kind === 'asking'}>
        <p>
          Its history of {counted(row.runCount, 'run')}
          {row.worktree.path === null ? '' : ' and its worktree'} will be deleted.
        </p>
        {loss.kind === 'asking' && <p class="quiet">Looking at what is not committed…</p>}
        {loss.kind === 'none' && <p class="quiet">It has no worktree of its own; no file is touched.</p>}
        {loss.kind === 'unknown' && <p class="quiet">What its folder holds could not be looked at.</p>}
        {loss.kind === 'known' && <WhatIsThere loss={loss} branch={row.worktree.branch} />}
        {problem && (
          <p class="field-problem" role="alert">
            {sentencesOf(problem)}
          </p>
        )}
        {isUnderWay(row) && <p class="field-problem">Its agent is at work. Interrupt it first.</p>}
      </div>
      <RuntimeGone />
      <footer class="dialog-foot">
        <Button onClick={onClose} autofocus>
          Keep it
        </Button>
        {isUnderWay(row) ? (
          <Button icon="stop" tellsRuntime onClick={() => actions.interruptSession(row)}>
            Interrupt
          </Button>
        ) : (
          <Button
            look="danger"
            icon="trash"
            busy={busy}
            disabled={loss.kind === 'asking'}
            tellsRuntime
            onClick={remove}
          >
            {isDirty ? 'Remove with its uncommitted work' : 'Remove'}
          </Button>
        )}
      </footer>
    </Dialog>
  );
};

const WhatIsThere = ({ loss, branch }: { readonly loss: WorktreeChanges; readonly branch: string | null }) => (
  <>
    {loss.dirty ? (
      <>
        <p>
          <strong>{counted(loss.uncommitted.length, 'file')}</strong> {loss.cut ? 'and more are' : 'with work that is'}{' '}
          not committed. It is parked under a git ref before the folder goes.
        </p>
        <ul class="loss-files">
          {loss.uncommitted.slice(0, mostFilesShown).map((file) => (
            <li key={file.path}>
              <span class="quiet">{file.status}</span>
              <code class="one-line">{plainLine(file.path)}</code>
            </li>
          ))}
          {loss.uncommitted.length > mostFilesShown && (
            <li class="quiet">and {counted(loss.uncommitted.length - mostFilesShown, 'more', 'more')}</li>
          )}
        </ul>
      </>
    ) : (
      <p class="quiet">Nothing in its folder is uncommitted.</p>
    )}
    {loss.ahead > 0 && branch !== null && (
      <p class="quiet">
        {counted(loss.ahead, 'commit')} on <code>{plainLine(branch)}</code> {loss.ahead === 1 ? 'stays' : 'stay'} in the
        repository.
      </p>
    )}
  </>
);
