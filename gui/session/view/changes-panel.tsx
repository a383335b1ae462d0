import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useId, useMemo } from 'preact/hooks';
import { type FileDiff, parseUnifiedDiff } from '../../../actors/model/review/unified-diff.ts';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { WorktreeChanges, WorktreeDiff } from '../../../actors/protocol/gateway/window.ts';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { ApiError, type Call } from '../../connection/api.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { DiffLines } from '../items/diff-lines.tsx';
import { DiffCounts } from '../items/item-diffs.tsx';
import { useSession } from '../state/session-context.ts';
import { createSteadyRefresh } from '../state/steady-refresh.ts';
import { visibleLine } from '../text/visible.ts';

type Loaded = { readonly changes: WorktreeChanges; readonly diff: WorktreeDiff; readonly files: readonly FileDiff[] };

const refreshEveryMs = 2000;

/** What the worktree differs in from its base, file by file, kept up to date while the agent works. */
export const ChangesPanel = () => {
  const { connection, store } = useWindow();
  const { call } = connection;
  const { id, state, showChanges } = useSession();
  const loaded = useSignal<Loaded | null>(null);
  const failure = useSignal<{ readonly message: string; readonly hint: string | null } | null>(null);
  const refresh = useMemo(
    () =>
      createSteadyRefresh<Loaded>({
        load: (signal) => load(call, id, signal),
        onLoaded: (found) => {
          loaded.value = found;
          failure.value = null;
        },
        onFailed: (error) => {
          const message = error instanceof Error ? error.message : String(error);
          failure.value = { message, hint: error instanceof ApiError ? error.hint : null };
        },
        // Asking git is dear.
        restMs: refreshEveryMs,
      }),
    [call, id],
  );
  useEffect(() => refresh.close, [refresh]);

  // Each change of the timeline may be one of the files; and what failed while the runtime was gone is asked again.
  const changed = useComputed(() => state.timeline.value?.items).value;
  const isThere = useComputed(() => !store.isStale.value).value;
  useEffect(() => {
    if (isThere) refresh.ask();
  }, [refresh, changed, isThere]);

  const { value } = loaded;
  return (
    <aside class="changes" aria-label="Changes of the worktree">
      <header class="changes-head">
        <h2>Changes</h2>
        {value !== null && <span class="quiet">{summaryOf(value)}</span>}
        <Button
          look="bare"
          icon="close"
          label="Close changes"
          onClick={() => {
            showChanges.value = false;
          }}
        />
      </header>
      {failure.value !== null && value === null && (
        <div class="changes-empty">
          <p>{visibleLine(failure.value.message)}</p>
          {failure.value.hint !== null && <p class="quiet">{visibleLine(failure.value.hint)}</p>}
        </div>
      )}
      {value !== null && value.files.length === 0 && (
        <p class="changes-empty quiet">Nothing differs from the base yet.</p>
      )}
      {value !== null && (
        <ul class="changes-files">
          {value.files.map((file) => (
            <ChangedFile
              key={file.path}
              file={file}
              uncommitted={isUncommitted(value, file)}
              isOnly={value.files.length === 1}
            />
          ))}
        </ul>
      )}
      {value?.diff.cut && <p class="changes-empty quiet">There is more: the diff is too long to be shown whole.</p>}
    </aside>
  );
};

const load = async (call: Call, id: string, signal: AbortSignal): Promise<Loaded> => {
  const [changes, diff] = await Promise.all([
    call('changes', { parameters: { id } }, { signal }),
    call('diff', { parameters: { id } }, { signal }),
  ]);
  return { changes, diff, files: parseUnifiedDiff(diff.text) };
};

const summaryOf = ({ changes, files }: Loaded): string =>
  [
    counted(files.length, 'file'),
    changes.ahead > 0 ? counted(changes.ahead, 'commit') : null,
    changes.dirty ? 'not committed' : null,
  ]
    .filter((part) => part !== null)
    .join(' · ');

const isUncommitted = ({ changes }: Loaded, { path }: FileDiff): boolean =>
  changes.uncommitted.some((file) => file.path === path);

const changeWords = { added: 'added', deleted: 'deleted', renamed: 'renamed', modified: 'changed' } as const;

type ChangedFileProps = {
  readonly file: FileDiff;
  readonly uncommitted: boolean;
  /** One alone needs no choice: it is open from the start. */
  readonly isOnly: boolean;
};

const ChangedFile = ({ file, uncommitted, isOnly }: ChangedFileProps) => {
  const { folds } = useSession();
  const bodyId = useId();
  const fold = folds(`changes ${file.path}`);
  const isOpen = fold.value ?? isOnly;
  const path = visibleLine(file.path);
  const slash = path.lastIndexOf('/') + 1;
  return (
    <li class="changed-file">
      <button
        type="button"
        class="changed-file-head"
        aria-expanded={isOpen}
        aria-controls={bodyId}
        onClick={() => {
          fold.value = !isOpen;
        }}
      >
        <Icon name="chevron" class="fold-mark" />
        <span class="path one-line" title={path}>
          <span class="quiet">{path.slice(0, slash)}</span>
          {path.slice(slash)}
        </span>
        <span class={`change change-${file.change}`}>{changeWords[file.change]}</span>
        {uncommitted && <span class="visually-hidden">not committed</span>}
        {!file.binary && <DiffCounts added={file.added} removed={file.removed} />}
      </button>
      {isOpen && (
        <div id={bodyId}>
          {file.oldPath !== null && <p class="changes-empty quiet">From {visibleLine(file.oldPath)}</p>}
          {file.binary ? (
            <p class="changes-empty quiet">A binary file.</p>
          ) : (
            <DiffLines hunks={file.hunks} label={`Changes of ${path}`} />
          )}
        </div>
      )}
    </li>
  );
};
