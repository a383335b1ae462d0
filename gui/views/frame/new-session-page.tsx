import { Dialog } from '../../components/dialog.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { useLatePart } from './late-view.tsx';
import { LostPart } from './lost-part.tsx';

/** The form of a new session, over the list. It comes behind the list: whoever starts a session has seen that first. */
export const NewSessionPage = () => {
  const { lateViews, navigation } = useWindow();
  const late = useLatePart(lateViews.newSession);
  const close = (): void => navigation.navigate({ kind: 'dashboard' });
  switch (late.kind) {
    case 'loaded':
      return <late.part onClose={close} />;
    case 'failed':
      return (
        <Dialog title="New session" onClose={close}>
          <LostPart />
        </Dialog>
      );
    default:
      return null;
  }
};
