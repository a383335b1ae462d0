import { SetupDialog } from '../setup/setup-dialog.tsx';
import type { WorkQuestion } from '../shell/store.ts';
import { useWindow } from '../shell/window-scope.ts';
import { DiscardedDialog } from './discarded-dialog.tsx';
import { ForkDialog } from './fork-dialog.tsx';
import { RestoreDialog } from './restore-dialog.tsx';

type WorkDialogProps = { readonly question: WorkQuestion; readonly onClose: () => void };

/** What is asked before files are put back, or a session is forked. */
export const WorkDialog = ({ question, onClose }: WorkDialogProps) => {
  const { rowsById } = useWindow().store;
  if (question.kind === 'discarded') return <DiscardedDialog onClose={onClose} />;
  const row = rowsById.value.get(question.id);
  if (row === undefined) return null;
  if (question.kind === 'setup') return <SetupDialog row={row} onClose={onClose} />;
  return question.kind === 'fork' ? (
    <ForkDialog row={row} snapshot={question.snapshot} before={question.before ?? null} onClose={onClose} />
  ) : (
    <RestoreDialog row={row} question={question} onClose={onClose} />
  );
};
