import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { counted } from '../../actors/protocol/facts/counted.ts';
import type { DashboardRow } from '../../actors/protocol/gateway/dashboard.ts';
import type { RestoredFile, RestorePreview, RestoreRequest } from '../../actors/protocol/gateway/snapshot-routes.ts';
import type { SessionWork, Snapshot } from '../../actors/protocol/gateway/work.ts';
import { Button } from '../components/button.tsx';
import { Dialog } from '../components/dialog.tsx';
import { Keys } from '../components/keys.tsx';
import { RuntimeGone } from '../components/runtime-gone.tsx';
import { useMainKey } from '../components/use-main-key.ts';
import { workCalls } from '../session/state/work-calls.ts';
import { isUnderWay } from '../shell/actions.ts';
import type { WorkQuestion } from '../shell/store.ts';
import { useWindow } from '../shell/window-scope.ts';
import { plainLine } from '../state/plain-text.ts';
import { sentencesOf } from '../state/sentence.ts';
import { lastRunWithChanges, spanOfRun, spokenName } from '../state/snapshot-words.ts';
import { timeOfDay } from '../state/time.ts';
import { useWork } from './use-work.ts';

type RestoreQuestion = Extract<WorkQuestion, { kind: 'undo' | 'put-back' }>;

export type RestoreDialogProps = {
  readonly row: DashboardRow;
  readonly question: RestoreQuestion;
  readonly onClose: () => void;
};

/** What is put back: the snapshot, and the run that it undoes, if it is a run's start. */
type Aim = { readonly to: Snapshot; readonly run: number | null };

const aimOf = (work: SessionWork, question: RestoreQuestion): Aim | null => {
  if (question.kind === 'put-back') {
    const to = work.snapshots.find(({ snapshot }) => snapshot === question.snapshot);
    return to === undefined ? null : { to, run: null };
  }
  const run = question.run ?? lastRunWithChanges(work);
  const to = run === null ? null : spanOfRun(work, run).start;
  return run === null || to === null ? null : { to, run };
};

/** Which files go back to what they were; what is there now is kept first. */
export const RestoreDialog = ({ row, question, onClose }: RestoreDialogProps) => {
  const { work, failure } = useWork(row.id);
  const known = work.value;
  const aim = known === null ? null : aimOf(known, question);
  if (known !== null && aim !== null) {
    return <RestoreFiles row={row} aim={aim} next={known.nextSnapshot} onClose={onClose} />;
  }
  const title = question.kind === 'undo' ? 'Undo a run' : `Put back S${question.snapshot}`;
  return (
    <Dialog title={title} onClose={onClose}>
      {failure.value !== null && <p class="field-problem">{sentencesOf(failure.value)}</p>}
      {failure.value === null && known === null && <p class="quiet">Looking at what is kept…</p>}
      {known !== null && (
        <p>
          {question.kind === 'undo'
            ? 'No run of this session has changed a file that could be put back.'
            : 'This snapshot is not kept any more.'}
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

type RestoreFilesProps = {
  readonly row: DashboardRow;
  readonly aim: Aim;
  /** The number that what is there now is kept under. */
  readonly next: number;
  readonly onClose: () => void;
};

const RestoreFiles = ({ row, aim, next, onClose }: RestoreFilesProps) => {
  const { actions, connection, toasts } = useWindow();
  const call = useMemo(() => workCalls(connection.callOf), [connection]);
  const { run, to } = aim;
  const [preview, setPreview] = useState<RestorePreview | null>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const aimed: RestoreRequest['to'] = run === null ? to.snapshot : `before-run:${run}`;
  const isAtWork = isUnderWay(row);

  useEffect(() => {
    const asking = new AbortController();
    call('previewRestore', { parameters: { id: row.id }, body: { kind: 'undo', to: aimed } }, { signal: asking.signal })
      .then((found) => {
        setPreview(found);
        // What others changed since is theirs.
        setLeft(new Set(staying(found)));
        setProblem(null);
      })
      .catch((error: unknown) => {
        if (!asking.signal.aborted) setProblem(sentencesOf(error));
      });
    return () => asking.abort();
  }, [call, row.id, aimed, isAtWork]);

  const offered = preview === null ? [] : [...preview.files.map(({ path }) => path), ...staying(preview)];
  const ticked = offered.filter((path) => !left.has(path));
  const count = ticked.length + (preview?.filesLeftOut ?? 0);
  const toggle = (path: string): void =>
    setLeft((before) => {
      const after = new Set(before);
      if (!after.delete(path)) after.add(path);
      return after;
    });

  /** All that is meant, or the files that are ticked. */
  const wanted = (): RestoreRequest => {
    const stays = preview === null ? [] : staying(preview);
    const isAll = stays.every((path) => left.has(path)) && left.size === stays.length;
    const some = { paths: ticked, all: stays.some((path) => !left.has(path)) };
    return { kind: 'undo', to: aimed, ...(isAll ? { paths: null, all: false } : some) };
  };

  const putBack = async (): Promise<void> => {
    if (busy || isAtWork || ticked.length === 0) return;
    setBusy(true);
    try {
      const { kept } = await call('restore', { parameters: { id: row.id }, body: wanted() });
      onClose();
      const where = run === null ? `in S${to.snapshot}` : `before run ${run}`;
      const are = ticked.length === 1 ? 'is as it was' : 'are as they were';
      toasts.showToast({
        text: `${counted(count, 'file')} ${are} ${where}. What was there is S${kept}.`,
        action: { label: 'Undo this', undoes: true, run: () => void takeBack(kept) },
      });
    } catch (error) {
      setProblem(sentencesOf(error));
      setBusy(false);
    }
  };

  useMainKey(() => void putBack());

  /** The undo of the undo: as it was kept. */
  const takeBack = async (kept: number): Promise<void> => {
    try {
      const again = await call('restore', { parameters: { id: row.id }, body: { kind: 'undo', to: kept } });
      toasts.showToast({ text: `As it was in S${kept} again. What was there is S${again.kept}.` });
    } catch (error) {
      toasts.showError(error);
    }
  };

  return (
    <Dialog title={run === null ? `Put back S${to.snapshot}?` : `Undo run ${run}?`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void putBack();
        }}
      >
        <p>
          The files ticked go back to how they were {run === null ? `in ${spokenName(to)}` : 'at its start'} (
          {run === null ? '' : `S${to.snapshot}, `}
          {timeOfDay(to.at)}).
        </p>
        <div aria-live="polite" aria-busy={preview === null}>
          {preview === null && problem === null && <p class="quiet">Looking at what differs…</p>}
          {preview !== null && offered.length === 0 && (
            <p class="files-back-none">Nothing differs: it is as it was then.</p>
          )}
        </div>
        {preview !== null && offered.length > 0 && (
          <ul class="files-back">
            {preview.files.map((file) => (
              <FileToTick key={file.path} path={file.path} isTicked={!left.has(file.path)} toggle={toggle}>
                <FileNote file={file} run={run} />
              </FileToTick>
            ))}
            {staying(preview).map((path) => (
              <FileToTick key={path} path={path} isTicked={!left.has(path)} toggle={toggle}>
                <span class="says-warn">
                  changed after {run === null ? 'that' : `run ${run}`}
                  {left.has(path) ? ', not by it: stays' : ': goes as well'}
                </span>
              </FileToTick>
            ))}
          </ul>
        )}
        {preview !== null && preview.filesLeftOut > 0 && (
          <p class="asked-note">and {counted(preview.filesLeftOut, 'more file')}, all of which go back.</p>
        )}
        {preview?.stays
          .filter(({ why }) => why !== 'changed_since')
          .map(({ path, why }) => (
            <p key={path} class="asked-note">
              {plainLine(path)} stays as it is: {stayWords[why]}.
            </p>
          ))}
        <p class="asked-note">
          What is there now is kept first, as <strong>S{preview?.kept ?? next}</strong> and with the discarded work:
          this can be undone. Commits, the branch and what git has staged stay. The agent is told with its next prompt.
        </p>
        {problem !== null && (
          <p class="field-problem" role="alert">
            {problem}
          </p>
        )}
        <RuntimeGone />
        <footer class="dialog-foot">
          <Button onClick={onClose}>
            Cancel <Keys of="Esc" />
          </Button>
          {isAtWork ? (
            <Button icon="stop" tellsRuntime onClick={() => actions.interruptSession(row)}>
              Interrupt it first
            </Button>
          ) : (
            <Button look="primary" type="submit" busy={busy} disabled={ticked.length === 0} tellsRuntime>
              Put {counted(count, 'file')} back <Keys of="Mod+Enter" />
            </Button>
          )}
        </footer>
      </form>
    </Dialog>
  );
};

/** What was changed once more after the run, and not by it. */
const staying = ({ stays }: RestorePreview): readonly string[] =>
  stays.filter(({ why }) => why === 'changed_since').map(({ path }) => path);

const stayWords = {
  changed_since: 'it was changed since',
  repository: 'it is a repository of its own',
  too_large: 'it is too large to be kept',
  lfs: 'its content is with LFS, and is not in the snapshot',
} as const;

type FileToTickProps = {
  readonly path: string;
  readonly isTicked: boolean;
  readonly toggle: (path: string) => void;
  readonly children: ComponentChildren;
};

const FileToTick = ({ path, isTicked, toggle, children }: FileToTickProps) => (
  <li>
    <label>
      <input type="checkbox" checked={isTicked} onChange={() => toggle(path)} />
      <code>{plainLine(path)}</code>
      {children}
    </label>
  </li>
);

/** What becomes of a file. */
const FileNote = ({ file, run }: { readonly file: RestoredFile; readonly run: number | null }) => {
  if (file.changedSince) return <span class="says-warn">was changed again since: that goes as well</span>;
  if (file.change === 'goes_away') {
    return <span class="quiet">goes away{run === null ? '' : `: run ${run} made it`}</span>;
  }
  if (file.change === 'comes_back') return <span class="quiet">comes back</span>;
  if (file.change === 'mode') return <span class="quiet">its mode</span>;
  if (file.change === 'renamed') return <span class="quiet">gets its name back</span>;
  return file.additions === null ? (
    <span class="quiet">binary</span>
  ) : (
    <span class="quiet numbers">
      +{file.additions} −{file.deletions ?? 0}
    </span>
  );
};
