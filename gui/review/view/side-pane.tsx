import { useRef } from 'preact/hooks';
import { Virtualizer } from 'virtua';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { PlacedComment, ReviewFile } from '../../../actors/protocol/gateway/review-routes.ts';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Icon } from '../../components/icon.tsx';
import { shortLine, visibleLine } from '../../session/text/visible.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { kindLetter, kindWords } from '../model/change-words.ts';
import { commentPlace } from '../model/comment-place.ts';
import { treeRows } from '../model/file-tree.ts';
import { pathParts } from '../model/path-parts.ts';
import type { FileEntry } from '../state/file-entry.ts';
import { type ReviewScope, useReview } from '../state/review-context.ts';
import { BeforeLanding } from './before-landing.tsx';
import { CommentCount, LineCounts, unexpectedWords } from './file-head.tsx';
import { ViewedCount } from './review-bar.tsx';
import { stateIcon } from './threads-row.tsx';

/** The files as a tree, the comments, and what stands before landing. */
export const SidePane = ({ row }: { readonly row: DashboardRow | undefined }) => (
  <aside class="review-pane" aria-label="Files, comments, and what stands before landing">
    <FileTree />
    <CommentList />
    {row !== undefined && <BeforeLanding row={row} />}
  </aside>
);

const filterFrom = 15;

const FileTree = () => {
  const { files, closedFolders } = useReview();
  const scroller = useRef<HTMLDivElement>(null);
  const entries = files.entries.value;
  const listed = files.listed.value;
  const rows = treeRows(listed, closedFolders.value);
  const viewed = entries.filter(({ file }) => file.value.viewed === 'yes').length;
  const share = entries.length === 0 ? 0 : viewed / entries.length;
  return (
    <section class="pane-part pane-files" aria-label="Files">
      <div class="pane-title">
        <h2>
          {listed.length === entries.length
            ? counted(entries.length, 'file')
            : `${listed.length.toLocaleString()} of ${counted(entries.length, 'file')}`}
        </h2>
        <Sum entries={entries} />
        <span class="quiet">
          <ViewedCount />
        </span>
      </div>
      <div class="progress">
        <i style={{ width: `${share * 100}%` }} />
      </div>
      {(entries.length >= filterFrom || files.filter.value !== '') && (
        <input
          class="input pane-filter"
          type="search"
          placeholder="Filter files"
          aria-label="Filter files"
          spellcheck={false}
          value={files.filter.value}
          onInput={({ currentTarget }) => {
            files.filter.value = currentTarget.value;
          }}
        />
      )}
      {files.answer.value?.cut && (
        <p class="pane-note">
          There are more files than can be listed: the first {counted(entries.length, 'file')} are.
        </p>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys of the buttons in it */}
      <div ref={scroller} class="tree" id="review-tree" onKeyDown={onTreeKey}>
        <Virtualizer scrollRef={scroller} data={rows} itemSize={25} bufferSize={300}>
          {(row) =>
            row.kind === 'folder' ? (
              <FolderRow key={`folder ${row.path}`} path={row.path} isOpen={row.isOpen} />
            ) : (
              <FileRow key={row.file.path} entry={row.file} name={row.name} />
            )
          }
        </Virtualizer>
      </div>
    </section>
  );
};

/** The arrow keys go from row to row; Tab leaves the tree. */
const onTreeKey = (event: KeyboardEvent): void => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.currentTarget instanceof HTMLElement)) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('button')];
  const at = rows.findIndex((row) => row.matches(':focus'));
  rows[at + step]?.focus();
  event.preventDefault();
  event.stopPropagation();
};

const Sum = ({ entries }: { readonly entries: readonly FileEntry[] }) => {
  let [additions, deletions] = [0, 0];
  for (const { file } of entries) {
    additions += file.value.additions ?? 0;
    deletions += file.value.deletions ?? 0;
  }
  return (
    <span class="diff-counts numbers grow">
      {additions > 0 && <span class="added">+{additions.toLocaleString()}</span>}
      {deletions > 0 && <span class="removed">−{deletions.toLocaleString()}</span>}
    </span>
  );
};

const FolderRow = ({ path, isOpen }: { readonly path: string; readonly isOpen: boolean }) => {
  const { closedFolders } = useReview();
  return (
    <button
      type="button"
      class="tree-folder"
      aria-expanded={isOpen}
      onClick={() => {
        const next = new Set(closedFolders.peek());
        if (isOpen) next.add(path);
        else next.delete(path);
        closedFolders.value = next;
      }}
    >
      <Icon name="chevron" class={isOpen ? '' : 'right'} />
      <span class="one-line">{visibleLine(path.replace(/\/$/u, '')) || '.'}</span>
    </button>
  );
};

const seenWords = { no: 'Not viewed', yes: 'Viewed', changed: 'Changed since you viewed it' } as const;

const FileRow = ({ entry, name }: { readonly entry: FileEntry; readonly name: string }) => {
  const scope = useReview();
  const file = entry.file.value;
  const isHere = scope.cursor.cursor.value?.path === entry.path;
  return (
    <button
      type="button"
      class={classes('tree-file', isHere && 'is-here', file.viewed === 'yes' && 'is-viewed')}
      title={visibleLine(entry.path)}
      aria-current={isHere ? 'true' : undefined}
      onClick={() => showFile(scope, entry.path)}
    >
      <span class={`seen seen-${file.viewed}`}>
        {file.viewed === 'yes' && <Icon name="check" />}
        <span class="visually-hidden">{seenWords[file.viewed]}: </span>
      </span>
      <span class="name">{visibleLine(name)}</span>
      <span class="tree-end">
        {scope.unexpected.value.has(entry.path) && (
          <span class="unexpected" title={unexpectedWords}>
            <Icon name="warning" />
            <span class="visually-hidden">unexpected</span>
          </span>
        )}
        <CommentCount path={entry.path} />
        <RowWords file={file} />
        <LineCounts file={file} />
        <span class="kind" title={kindWords(file)}>
          {kindLetter(file)}
        </span>
      </span>
    </button>
  );
};

const RowWords = ({ file }: { readonly file: ReviewFile }) => {
  const words = file.kind === 'mode' ? 'mode' : file.picture ? 'picture' : file.additions === null ? 'binary' : null;
  return words === null ? null : <span class="faint">{words}</span>;
};

export const showFile = ({ cursor, showsPane }: ReviewScope, path: string): void => {
  cursor.place({ path, key: null, side: 'after' }, { align: 'top' });
  showsPane.value = false;
};

const shownStates = ['open', 'queued', 'sent', 'answered', 'resolved'] as const;
const mostCharacters = 120;

const CommentList = () => {
  const { comments } = useReview();
  const all = comments.comments.value;
  if (all.length === 0) return null;
  const resolved = all.filter(({ state }) => state === 'resolved').length;
  const listed = all
    .filter(({ state }) => state !== 'resolved' || comments.showsResolved.value)
    .sort((one, other) => shownStates.indexOf(one.state) - shownStates.indexOf(other.state));
  return (
    <section class="pane-part pane-comments" aria-label="Comments">
      <div class="pane-title">
        <h2>Comments</h2>
        <span class="grow one-line">{countsOf(all)}</span>
      </div>
      <ul>
        {listed.map((comment) => (
          <CommentRow key={comment.commentId} comment={comment} />
        ))}
      </ul>
      {resolved > 0 && (
        <Button
          look="bare"
          class="pane-more"
          onClick={() => {
            comments.showsResolved.value = !comments.showsResolved.peek();
          }}
        >
          {comments.showsResolved.value ? 'Hide the resolved' : `${resolved.toLocaleString()} resolved`}
        </Button>
      )}
    </section>
  );
};

const countsOf = (all: readonly PlacedComment[]): string =>
  (['open', 'queued', 'sent', 'answered'] as const)
    .map((state) => [all.filter((comment) => comment.state === state).length, state] as const)
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`)
    .join(' · ');

const CommentRow = ({ comment }: { readonly comment: PlacedComment }) => {
  const scope = useReview();
  const { toasts } = useWindow();
  const { path, from } = commentPlace(comment);
  const stem = pathParts(visibleLine(path)).name.replace(/\.[^.]*$/u, '');
  return (
    <li>
      <button
        type="button"
        class={`pane-row comment-${comment.state}`}
        title={visibleLine(comment.text)}
        onClick={() => {
          if (!showComment(scope, comment)) toasts.showToast({ text: 'That file is not in what is compared now.' });
        }}
      >
        <Icon name={stateIcon(comment)} />
        <span class="one-line">
          <span class="visually-hidden">{comment.state}: </span>
          {shortLine(comment.text, mostCharacters)}
        </span>
        <span class="quiet">
          {stem} {from}
        </span>
      </button>
    </li>
  );
};

/** Brings the lines of a comment into sight; false when their file is not there. */
const showComment = ({ files, cursor, showsPane }: ReviewScope, comment: PlacedComment): boolean => {
  const { path, to } = commentPlace(comment);
  const entry = files.entries.peek().find((each) => each.path === path);
  if (entry === undefined) return false;
  files.filter.value = '';
  entry.isFolded.value = false;
  showsPane.value = false;
  void entry.load().then(() => {
    const line = entry.lineOf(comment.side, to);
    const row = entry.rows.peek().find((each) => each.kind === 'threads' && each.line === line);
    const on = entry.rows.peek().findLast((each) => each.key === `line ${line}`);
    cursor.place({ path, key: (on ?? row)?.key ?? null, side: comment.side }, { align: 'upper' });
  });
  return true;
};
