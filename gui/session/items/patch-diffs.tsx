import { useMemo } from 'preact/hooks';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import { pathInFolder } from '../state/session-context.ts';
import { type PatchFile, patchFiles, pathOfPatch } from '../text/patch.ts';
import { visibleLine } from '../text/visible.ts';
import { DiffLines } from './diff-lines.tsx';
import { DiffCounts } from './item-diffs.tsx';

/** A patch that an agent sent as text, as the edit it is. */
export const PatchDiffs = ({ patch, row }: { readonly patch: string; readonly row: DashboardRow | null }) => {
  const files = useMemo(() => patchFiles(patch), [patch]);
  return (
    <>
      {files.map((file, index) => (
        <PatchDiff key={index} file={file} row={row} />
      ))}
    </>
  );
};

const PatchDiff = ({ file, row }: { readonly file: PatchFile; readonly row: DashboardRow | null }) => {
  const path = pathOfPatch(file);
  const names = path === null ? file.heads : [pathInFolder(path, row)];
  return (
    <figure class="item-diff">
      <figcaption class="item-diff-head">
        <span class="path patch-heads">
          {names.map((name, index) => (
            <span key={index}>{visibleLine(name)}</span>
          ))}
        </span>
        <DiffCounts added={file.added} removed={file.removed} />
      </figcaption>
      <DiffLines hunks={file.hunks} label={`Changes of ${visibleLine(names.at(-1) ?? 'a file')}`} />
    </figure>
  );
};
