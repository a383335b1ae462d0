/** The files of a review as a tree: headings of folders, and below each its own files. */
import { pathParts } from './path-parts.ts';

export type TreeRow<File> =
  | { readonly kind: 'folder'; readonly path: string; readonly isOpen: boolean }
  | { readonly kind: 'file'; readonly file: File; readonly name: string };

/** Files that stand in the order of the tree, in rows. A folder whose path is in `closed` hides its own files. */
export const treeRows = <File extends { readonly path: string }>(
  files: readonly File[],
  closed: ReadonlySet<string>,
): readonly TreeRow<File>[] => {
  const rows: TreeRow<File>[] = [];
  let last = '';
  for (const file of files) {
    const { folder, name } = pathParts(file.path);
    if (folder !== last) rows.push({ kind: 'folder', path: folder, isOpen: !closed.has(folder) });
    last = folder;
    if (!closed.has(folder)) rows.push({ kind: 'file', file, name });
  }
  return rows;
};
