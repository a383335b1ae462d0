import { opendir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/** So many entries of a folder are looked at. */
const maxEntries = 5_000;

/** The files of a folder that is no repository, with those of its folders, by paths from it; hidden ones are left out. */
export const filesBelow = async (root: string): Promise<readonly string[]> => {
  const files: string[] = [];
  const folders = [root];
  let entries = 0;
  for (const folder of folders) {
    try {
      for await (const entry of await opendir(folder)) {
        entries += 1;
        if (entries > maxEntries) return files;
        if (entry.name.startsWith('.')) continue;
        const path = join(folder, entry.name);
        // A link is not followed: it may lead out of the folder, or in a circle.
        if (entry.isDirectory()) folders.push(path);
        else if (entry.isFile()) files.push(relative(root, path).split(sep).join('/'));
      }
    } catch {
      // Gone, or not for us to read: what was found so far is what there is.
    }
  }
  return files;
};
