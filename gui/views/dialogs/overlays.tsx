import { useEffect } from 'preact/hooks';
import { Dialog } from '../../components/dialog.tsx';
import type { WorkQuestion } from '../../shell/store.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { AttentionTray } from './attention-tray.tsx';
import { Help } from './help.tsx';
import { Palette } from './palette.tsx';
import { RemoveDialog } from './remove-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';

/** Whatever lies over the window: at most one at a time, apart from the form of a new session. */
export const Overlays = () => {
  const { overlay, rowsById } = useWindow().store;
  const close = (): void => {
    overlay.value = null;
  };
  const top = overlay.value;
  switch (top?.kind) {
    case 'palette':
      return <Palette onClose={close} />;
    case 'help':
      return <Help onClose={close} />;
    case 'attention':
      return <AttentionTray onClose={close} />;
    case 'undo':
    case 'put-back':
    case 'fork':
    case 'discarded':
    case 'setup':
      return <AskedOfWork key={`${top.kind} ${top.id}`} question={top} onClose={close} />;
    case 'rename':
    case 'remove': {
      const row = rowsById.value.get(top.id);
      if (row === undefined) return null;
      return top.kind === 'rename' ? (
        <RenameDialog key={row.id} row={row} onClose={close} />
      ) : (
        <RemoveDialog key={row.id} row={row} onClose={close} />
      );
    }
    default:
      return null;
  }
};

type AskedOfWorkProps = { readonly question: WorkQuestion; readonly onClose: () => void };

/** Asked before files are put back or a session is forked: it comes in a file of its own. */
const AskedOfWork = ({ question, onClose }: AskedOfWorkProps) => {
  const { state, load } = useWindow().lateViews.workDialog;
  useEffect(load, [load]);
  const late = state.value;
  if (late.kind === 'loaded') return <late.part question={question} onClose={onClose} />;
  return late.kind === 'failed' ? (
    <Dialog title="This could not be loaded" onClose={onClose}>
      <p class="quiet">The runtime does not answer, or is of another version: load the page again.</p>
    </Dialog>
  ) : null;
};
