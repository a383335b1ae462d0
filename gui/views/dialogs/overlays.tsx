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
