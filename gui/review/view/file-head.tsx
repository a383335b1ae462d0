import { memo } from 'preact/compat';
import { counted } from '../../../actors/protocol/facts/counted.ts';
import type { ReviewFile } from '../../../actors/protocol/gateway/review-routes.ts';
import { Button } from '../../components/button.tsx';
import { classes } from '../../components/classes.ts';
import { Icon } from '../../components/icon.tsx';
import { visibleLine } from '../../session/text/visible.ts';
import { useWindow } from '../../shell/window-scope.ts';
import { kindWords, sizeChange } from '../model/change-words.ts';
import { pathParts } from '../model/path-parts.ts';
import type { FileEntry } from '../state/file-entry.ts';
import { useReview } from '../state/review-context.ts';
import { fileMenu, openInEditor } from './file-menu.ts';

/** What file it is, what became of it, and what can be done with it; it stays in sight as long as its lines do. */
export const FileHead = memo(({ entry, hasCursor }: { readonly entry: FileEntry; readonly hasCursor: boolean }) => {
  const scope = useReview();
  const { actions, menus, toasts } = useWindow();
  const file = entry.file.value;
  const isFolded = entry.isFolded.value;
  const { folder, name } = pathParts(visibleLine(entry.path));
  const size = file.additions === null ? sizeChange(file) : null;
  return (
    <header class={classes('review-file-head', isFolded && 'is-folded', hasCursor && 'has-cursor')} data-key="head">
      <Button
        look="bare"
        icon="chevron"
        class={isFolded ? 'fold-file is-folded' : 'fold-file'}
        label={`${isFolded ? 'Unfold' : 'Fold'} ${name}`}
        aria-expanded={!isFolded}
        onClick={() => {
          entry.isFolded.value = !isFolded;
        }}
      />
      <h2 class="file-path one-line" title={visibleLine(entry.path)}>
        <span class="quiet">{folder}</span>
        <b>{name}</b>
      </h2>
      {file.previousPath !== undefined && (
        <span class="file-words one-line">
          from <span class="mono">{visibleLine(file.previousPath)}</span>
        </span>
      )}
      <span class="file-words hide-narrow">{kindWords(file)}</span>
      <span class="file-end">
        {size !== null && <span class="file-words hide-narrow numbers">{size}</span>}
        <CommentCount path={entry.path} />
        <LineCounts file={file} />
        {scope.unexpected.value.has(entry.path) && (
          <span class="amber-chip" title={unexpectedWords}>
            Unexpected
          </span>
        )}
        {file.viewed === 'changed' && <span class="amber-chip">Changed since viewed</span>}
        <label class="viewed">
          <input
            type="checkbox"
            checked={file.viewed === 'yes'}
            onChange={({ currentTarget }) =>
              void scope.files.setViewed(entry, currentTarget.checked).catch(toasts.showError)
            }
          />
          Viewed
        </label>
        <span class="hide-narrow">
          <Button
            look="bare"
            icon="edit"
            tellsRuntime
            label="Open in your editor (O)"
            onClick={() => openInEditor(scope, entry.path, toasts.showError)}
          />
        </span>
        <Button
          look="bare"
          icon="more"
          label={`More for ${name}`}
          aria-haspopup="menu"
          onClick={({ currentTarget }) =>
            menus.openMenu(currentTarget, `More for ${name}`, fileMenu(scope, entry, { actions, toasts }))
          }
        />
      </span>
    </header>
  );
});

/** Of a file that is none of those which the repository's `touches` names. */
export const unexpectedWords = 'Not among the files that this repository’s sessions are meant to change';

export const LineCounts = ({ file }: { readonly file: ReviewFile }) => {
  const { additions, deletions } = file;
  if (!additions && !deletions) return null;
  return (
    <span class="diff-counts numbers">
      {additions !== null && additions > 0 && (
        <span class="added" title={`${counted(additions, 'line')} added`}>
          +{additions.toLocaleString()}
        </span>
      )}
      {deletions !== null && deletions > 0 && (
        <span class="removed" title={`${counted(deletions, 'line')} removed`}>
          −{deletions.toLocaleString()}
        </span>
      )}
    </span>
  );
};

/** How many comments there are on a file that are not resolved. */
export const CommentCount = ({ path }: { readonly path: string }) => {
  const count = useReview().comments.countsByPath.value.get(path) ?? 0;
  if (count === 0) return null;
  return (
    <span class="bubble numbers" title={counted(count, 'comment')}>
      <Icon name="comment" />
      {count}
    </span>
  );
};
