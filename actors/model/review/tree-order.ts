/**
 * The order in which a tree of folders shows files: a folder's own files first, then its folders. One order for the tree,
 * the review and the command line.
 * @example
 * ['b.ts', 'a/z.ts', 'a.ts', 'a/b/c.ts'].sort(treeOrder) // => ['a.ts', 'b.ts', 'a/z.ts', 'a/b/c.ts']
 */
export const treeOrder = (left: string, right: string): number => {
  const [lefts, rights] = [left.split('/'), right.split('/')];
  for (let level = 0; level < Math.min(lefts.length, rights.length); level += 1) {
    const [isFile, isOtherFile] = [level === lefts.length - 1, level === rights.length - 1];
    if (isFile !== isOtherFile) return isFile ? -1 : 1;
    const [name = '', other = ''] = [lefts[level], rights[level]];
    if (name !== other) return name < other ? -1 : 1;
  }
  return lefts.length - rights.length;
};
