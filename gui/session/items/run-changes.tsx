import { useComputed, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { ReviewFile } from '../../../actors/protocol/gateway/review-routes.ts';
import { Button } from '../../components/button.tsx';
import { Keys } from '../../components/keys.tsx';
import { useWindow } from '../../shell/window-scope.ts';
import { spanOfRun } from '../../state/snapshot-words.ts';
import { useSession } from '../state/session-context.ts';
import { workCalls } from '../state/work-calls.ts';
import { visibleLine } from '../text/visible.ts';
import { DiffCounts } from './item-diffs.tsx';

/** More are for the review. */
const mostFiles = 12;

/** What a run changed, at its end: as git sees it, between the snapshots of its start and its end. */
export const RunChanges = ({ run }: { readonly run: number }) => {
  const { actions, connection, navigation, store } = useWindow();
  const { id, runFiles, work } = useSession();
  const span = useComputed(() => (work.value === null ? null : spanOfRun(work.value, run))).value;
  const { start = null, end = null } = span ?? {};
  const known = runFiles(run);
  const failed = useSignal(false);

  const isWanted = start !== null && end !== null && known.value === null && start.tree !== end.tree;
  useEffect(() => {
    if (!isWanted) return;
    const asking = new AbortController();
    workCalls(connection.callOf)(
      'reviewFiles',
      { parameters: { id }, query: { range: `run:${run}` } },
      { signal: asking.signal },
    )
      .then(({ files }) => {
        known.value = files;
      })
      .catch(() => {
        if (!asking.signal.aborted) failed.value = true;
      });
    return () => asking.abort();
  }, [connection, id, run, isWanted]);

  if (start === null || end === null || start.tree === end.tree) return null;
  const files = known.value;
  if (files === null && !failed.value) return null;
  const isLast = store.rowsById.value.get(id)?.runCount === run;
  const sum = (of: (file: ReviewFile) => number | null): number =>
    (files ?? []).reduce((total, file) => total + (of(file) ?? 0), 0);
  return (
    <section class="card run-changes" aria-label={`What run ${run} changed`}>
      <header class="card-head">
        <h2>
          Run {run} changed {counted(files?.length ?? end.files, 'file')}
        </h2>
        <DiffCounts
          added={files === null ? end.additions : sum(({ additions }) => additions)}
          removed={files === null ? end.deletions : sum(({ deletions }) => deletions)}
        />
        <span class="card-end">
          what git sees, S{start.snapshot} to S{end.snapshot}
        </span>
      </header>
      {files?.slice(0, mostFiles).map((file) => (
        <ChangedFileRow key={file.path} file={file} />
      ))}
      {files !== null && files.length > mostFiles && (
        <p class="card-foot">
          <span>and {counted(files.length - mostFiles, 'more file')} in the review</span>
        </p>
      )}
      <footer class="card-foot run-changes-foot">
        <span class="card-buttons">
          <Button icon="diff" onClick={() => navigation.navigate({ kind: 'review', id, range: `run:${run}` })}>
            Review {isLast && <Keys of="R" />}
          </Button>
          <Button icon="restore" tellsRuntime onClick={() => actions.ask({ kind: 'undo', id, run })}>
            Undo this run… {isLast && <Keys of="U" />}
          </Button>
          <Button icon="fork" tellsRuntime onClick={() => actions.ask({ kind: 'fork', id, snapshot: end.snapshot })}>
            Fork from here… {isLast && <Keys of="Shift+F" />}
          </Button>
        </span>
      </footer>
    </section>
  );
};

const kindLetters = { added: 'A', modified: 'M', deleted: 'D', renamed: 'R', mode: 'M', type: 'T' } as const;
const kindWords = {
  added: 'added',
  modified: 'changed',
  deleted: 'deleted',
  renamed: 'renamed',
  mode: 'mode changed',
  type: 'another type',
} as const;

const ChangedFileRow = ({ file }: { readonly file: ReviewFile }) => {
  const path = visibleLine(file.path);
  const slash = path.lastIndexOf('/') + 1;
  return (
    <div class="card-row run-changes-file">
      <abbr title={kindWords[file.kind]} class="file-kind">
        {kindLetters[file.kind]}
      </abbr>
      <p class="path one-line" title={path}>
        <span class="quiet">{path.slice(0, slash)}</span>
        {path.slice(slash)}
      </p>
      {file.additions === null ? (
        <span class="quiet">binary</span>
      ) : (
        <DiffCounts added={file.additions} removed={file.deletions ?? 0} />
      )}
    </div>
  );
};
