import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Toasts } from '../../components/toast.tsx';
import { commentPlace, isUnsent } from '../model/comment-place.ts';
import type { ReviewScope } from '../state/review-context.ts';
import { openInEditor } from './file-menu.ts';
import { unfoldPiece } from './fold-row.tsx';
import { isDeaf, sendComments } from './gathered-bar.tsx';
import { toggleWhitespace } from './review-bar.tsx';
import { showFile } from './side-pane.tsx';
import { askWhy } from './why-dialog.tsx';

const isTyped = 'input:not([type=checkbox]), textarea, select, [role=menuitem], [role=menuitemradio]';
const ownsEnter = 'button, a, input, textarea, select';

export type ReviewKeysDependencies = {
  readonly scope: ReviewScope;
  readonly row: () => DashboardRow | undefined;
  readonly toasts: Toasts;
  readonly leave: () => void;
  /** On to the landing of the session. */
  readonly land: () => void;
};

/** The keys of a review, wherever in it the focus is, except where something is typed or chosen. */
export const reviewKeys = ({ scope, row, toasts, leave, land }: ReviewKeysDependencies) => {
  const { files, comments, cursor, layout, chosenLayout, showsPane, whose } = scope;

  const write = (): void => {
    const chosen = cursor.chosen();
    if (chosen !== null) comments.write(chosen);
  };

  /** On a line it comments, or tells whose it is while that is shown; on a fold it unfolds, on the head of a file that is folded it unfolds that. */
  const enter = (): void => {
    const entry = cursor.entry();
    const key = cursor.cursor.peek()?.key ?? null;
    const found = entry?.rows.peek().find((each) => each.key === key);
    if (entry === null) return;
    if (found?.kind === 'fold' && found.piece.kind === 'fold') {
      cursor.step(-1, false);
      unfoldPiece(entry, found.piece, 'all');
    } else if (key === null) entry.isFolded.value = !entry.isFolded.peek();
    else if (!whose.isShown.peek() || !askWhy(scope)) write();
  };

  const fold = (): void => {
    const entry = cursor.entry();
    if (entry === null) return;
    entry.isFolded.value = !entry.isFolded.peek();
    cursor.place({ path: entry.path, key: null, side: 'after' });
  };

  const viewed = (): void => {
    const entry = cursor.entry();
    if (entry === null) return;
    const isViewed = entry.file.peek().viewed === 'yes';
    files.setViewed(entry, !isViewed).catch(toasts.showError);
    if (isViewed) return;
    const listed = files.listed.peek();
    const at = listed.indexOf(entry);
    const next = [...listed.slice(at + 1), ...listed.slice(0, at)].find(({ file }) => file.peek().viewed !== 'yes');
    showFile(scope, (next ?? entry).path);
  };

  /** The comment that hangs below the cursor's line. */
  const resolve = (): void => {
    const entry = cursor.entry();
    const now = cursor.cursor.peek();
    const rows = entry?.rows.peek() ?? [];
    const below = rows[rows.findIndex(({ key }) => key === now?.key) + 1];
    if (entry === null || below?.kind !== 'threads') return;
    const found = comments.comments.peek().find((comment) => {
      const { path, to } = commentPlace(comment);
      return path === entry.path && comment.side === below.side && entry.lineOf(comment.side, to) === below.line;
    });
    if (found === undefined || isUnsent(found)) return;
    comments.resolve(found, found.state !== 'resolved').catch(toasts.showError);
  };

  const toTree = (): void => {
    const tree = document.getElementById('review-tree');
    if (tree?.contains(document.activeElement) === true) {
      showsPane.value = false;
      document.getElementById('review-scroll')?.focus({ preventScroll: true });
      return;
    }
    showsPane.value = true;
    requestAnimationFrame(() =>
      (tree ?? document.getElementById('review-tree'))?.querySelector<HTMLElement>('.is-here, button')?.focus(),
    );
  };

  const plain: Readonly<Record<string, () => void>> = {
    ArrowDown: () => cursor.step(1, false),
    ArrowUp: () => cursor.step(-1, false),
    j: () => cursor.step(1, false),
    k: () => cursor.step(-1, false),
    ArrowLeft: () => cursor.toSide('before'),
    ArrowRight: () => cursor.toSide('after'),
    ']': () => void cursor.toChange(1),
    '[': () => void cursor.toChange(-1),
    '.': () => void cursor.toChange(1),
    ',': () => void cursor.toChange(-1),
    c: write,
    Enter: enter,
    x: fold,
    v: viewed,
    e: resolve,
    t: toTree,
    b: whose.toggle,
    d: () => {
      chosenLayout.value = layout.peek() === 'side' ? 'unified' : 'side';
    },
    w: () => toggleWhitespace(scope),
    o: () => {
      const entry = cursor.entry();
      if (entry !== null) openInEditor(scope, entry.path, toasts.showError);
    },
    Escape: () => {
      if (showsPane.peek()) showsPane.value = false;
      else leave();
    },
  };
  const shifted: Readonly<Record<string, () => void>> = {
    ArrowDown: () => cursor.step(1, true),
    ArrowUp: () => cursor.step(-1, true),
    J: () => cursor.toFile(1),
    K: () => cursor.toFile(-1),
  };

  const runOf = (event: KeyboardEvent): (() => void) | undefined => {
    if (event.shiftKey) return shifted[event.key];
    const range = files.choices.peek()[Number(event.key) - 1];
    if (/^[1-3]$/u.test(event.key) && range !== undefined) return () => files.choose(range.range);
    if (event.key === '4') {
      return () => document.querySelector<HTMLElement>('.review-ranges [role=radio]:last-child')?.click();
    }
    return plain[event.key];
  };

  return (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey) return;
    const target = event.target instanceof Element ? event.target : null;
    // A dialog has the keyboard to itself.
    if (target?.closest('dialog') != null) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key !== 'Enter' || event.shiftKey) return;
      event.preventDefault();
      // Who goes on holding it down wants nothing further.
      if (event.repeat || isDeaf(comments)) return;
      if (comments.open.peek().length === 0) land();
      else sendComments(scope, row(), toasts);
      return;
    }
    if (target?.matches(isTyped) && event.key !== 'Escape') return;
    if (event.key === 'Enter' && target?.matches(ownsEnter)) return;
    const run = runOf(event);
    if (run === undefined) return;
    event.preventDefault();
    run();
  };
};
