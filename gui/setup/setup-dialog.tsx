import { useEffect, useState } from 'preact/hooks';
import type { RepositorySetupAnswer } from '../../actors/protocol/gateway/check-routes.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { useWindow } from '../shell/window-scope.ts';
import { sentencesOf } from '../state/sentence.ts';
import { setupCalls } from './setup-calls.ts';
import { SetupQuestion } from './setup-question.tsx';

/** What the worktree of a session says of setup and checks: looked at, agreed to, or not. */
export const SetupDialog = ({ row, onClose }: { readonly row: DashboardRow; readonly onClose: () => void }) => {
  const { callOf } = useWindow().connection;
  const [setup, setSetup] = useState<RepositorySetupAnswer | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const asking = new AbortController();
    setupCalls(callOf)('checks', { parameters: { id: row.id } }, { signal: asking.signal })
      .then((found) => setSetup(found.setup))
      .catch((error: unknown) => {
        if (!asking.signal.aborted) setProblem(sentencesOf(error));
      });
    return () => asking.abort();
  }, [callOf, row.id]);

  if (setup !== null && setup.standing !== 'none') {
    const path = row.worktree.path ?? row.repository;
    return <SetupQuestion setup={setup} path={path} isStart={false} onDecided={onClose} onClose={onClose} />;
  }
  return (
    <Dialog title="The repository’s setup" onClose={onClose}>
      {problem !== null && (
        <p class="field-problem" role="alert">
          {problem}
        </p>
      )}
      {problem === null && setup === null && <p class="quiet">Looking at what it says…</p>}
      {setup !== null && (
        <p>
          This repository has no <code>.throughline/config.json</code>: nothing is copied, nothing runs, and there are
          no checks.
        </p>
      )}
      <footer class="dialog-foot">
        <Button onClick={onClose} autofocus>
          Close
        </Button>
      </footer>
    </Dialog>
  );
};
