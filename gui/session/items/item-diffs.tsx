import { useMemo } from 'preact/hooks';
import type { Diff } from '../../../actors/protocol/facts/events.ts';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { classes } from '../../components/classes.ts';
import { pathInFolder } from '../state/session-context.ts';
import { lineDiff } from '../text/line-diff.ts';
import { visibleLine } from '../text/visible.ts';
import { DiffLines } from './diff-lines.tsx';
import { NotKept } from './not-kept.tsx';

export type ItemDiffsProps = {
  readonly diffs: readonly Diff[];
  readonly row: DashboardRow | null;
  /** Nobody knows them to be in the files: they are not to look as if they were. */
  readonly proposed?: boolean;
};

/** The edits of a tool call, file by file. */
export const ItemDiffs = ({ diffs, row, proposed = false }: ItemDiffsProps) => (
  <>
    {diffs.map((diff) => (
      <ItemDiff key={diff.path} diff={diff} row={row} proposed={proposed} />
    ))}
  </>
);

type ItemDiffProps = { readonly diff: Diff; readonly row: DashboardRow | null; readonly proposed: boolean };

const ItemDiff = ({ diff, row, proposed }: ItemDiffProps) => {
  const compared = useMemo(() => lineDiff(diff.oldText?.text ?? null, diff.newText.text), [diff]);
  // The file before and after; one that is too long for the log mostly is both times.
  const longer = diff.newText.truncated === undefined && diff.oldText !== null ? diff.oldText : diff.newText;
  const isWhole = longer.truncated === undefined;
  const path = visibleLine(pathInFolder(diff.path, row));
  return (
    <figure class={classes('item-diff', proposed && 'item-diff-proposed')}>
      <figcaption class="item-diff-head">
        <span class="path">{path}</span>
        {proposed ? (
          <span class="quiet">proposed</span>
        ) : (
          <DiffCounts added={compared.added} removed={compared.removed} />
        )}
      </figcaption>
      {compared.hunks.length === 0 ? (
        <p class="quiet">{isWhole ? 'Nothing was changed.' : 'What is kept of it does not differ.'}</p>
      ) : (
        <DiffLines hunks={compared.hunks} label={`Changes of ${path}`} />
      )}
      <NotKept of={longer} />
    </figure>
  );
};

/** `+12 −3`. */
export const DiffCounts = ({ added, removed }: { readonly added: number; readonly removed: number }) => (
  <span class="diff-counts numbers">
    {added > 0 && <span class="added">+{added.toLocaleString()}</span>}
    {removed > 0 && <span class="removed">−{removed.toLocaleString()}</span>}
    {added + removed === 0 && <span class="quiet">as it was</span>}
  </span>
);
