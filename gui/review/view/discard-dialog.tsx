import { useEffect, useState } from 'preact/hooks';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { RuntimeGone } from '../../components/runtime-gone.tsx';
import { visibleLine } from '../../session/text/visible.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { sentencesOf } from '../../state/sentence.ts';
import { pathParts } from '../model/path-parts.ts';
import type { FileEntry } from '../state/file-entry.ts';
import { useReview } from '../state/review-context.ts';
import { revert } from './file-menu.ts';

/** Asks before the changes of a file are given up. */
export const DiscardDialog = () => {
  const { discarding } = useReview();
  const entry = discarding.value;
  return entry === null ? null : <Discard key={entry.path} entry={entry} onClose={() => (discarding.value = null)} />;
};

type Found = RouteAnswer<'previewRestore'>;

const Discard = ({ entry, onClose }: { readonly entry: FileEntry; readonly onClose: () => void }) => {
  const scope = useReview();
  const { toasts } = useWindow();
  const [found, setFound] = useState<Found | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const part = { file: entry.file.value, hunk: null };
  const name = visibleLine(pathParts(entry.path).name);
  const { fromEnd, base } = scope.files.answer.value ?? {};
  const before = fromEnd?.snapshot == null ? (base?.name ?? 'the base') : `S${fromEnd.snapshot}`;

  useEffect(() => {
    let isWanted = true;
    scope.putBack.preview(part).then(
      (answer) => isWanted && setFound(answer),
      (error: unknown) => isWanted && setProblem(error),
    );
    return () => {
      isWanted = false;
    };
  }, [entry]);

  const discard = async (): Promise<void> => {
    setBusy(true);
    await revert(scope, part, toasts);
    onClose();
  };

  return (
    <Dialog title={`Discard the changes of ${name}?`} onClose={onClose} size="small">
      <div class="discard" aria-live="polite" aria-busy={found === null && problem === null}>
        <p>
          It is put back as it was in {visibleLine(before)}.{' '}
          {found?.files.some(({ changedSince }) => changedSince)
            ? 'It was changed again since then: that goes, too.'
            : ''}
        </p>
        <p class="quiet">
          What is there now is kept first, with the discarded work: this can be undone. Commits, the branch and what git
          has staged stay. The agent is told with its next prompt.
        </p>
        {found !== null && found.stays.length > 0 && (
          <p class="quiet">{counted(found.stays.length, 'file stays as it is', 'files stay as they are')}.</p>
        )}
        {problem !== null && (
          <p class="field-problem" role="alert">
            {sentencesOf(problem)}
          </p>
        )}
      </div>
      <RuntimeGone />
      <footer class="dialog-foot">
        <Button onClick={onClose} autofocus>
          Keep it
        </Button>
        <Button look="danger" icon="trash" busy={busy} disabled={found === null} tellsRuntime onClick={discard}>
          Put {counted(found?.files.length ?? 1, 'file')} back
        </Button>
      </footer>
    </Dialog>
  );
};
