import { useEffect } from 'preact/hooks';
import { Dialog } from '../../components/dialog.tsx';
import type { SetupQuestionProps } from '../../shell/late-views.ts';
import { useWindow } from '../../shell/window-scope.ts';

/** What a repository wants to have run, asked before a session starts: the question comes in a file of its own. */
export const SetupAsked = (props: SetupQuestionProps) => {
  const { state, load } = useWindow().lateViews.setupQuestion;
  useEffect(load, [load]);
  const late = state.value;
  if (late.kind === 'loaded') return <late.part {...props} />;
  return late.kind === 'failed' ? (
    <Dialog title="This could not be loaded" onClose={props.onClose}>
      <p class="quiet">The runtime does not answer, or is of another version: load the page again.</p>
    </Dialog>
  ) : null;
};
