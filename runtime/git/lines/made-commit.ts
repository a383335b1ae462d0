import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { BorrowedFolder } from '../borrowed-folder.ts';

/**
 * Writes a commit of a tree into a folder of ours, without a process for each, and gives its id: the same one for the
 * same commit. `at` is in milliseconds UTC.
 */
export const makeCommit = async (
  folder: BorrowedFolder,
  commit: { readonly tree: string; readonly parents: readonly string[]; readonly at: number; readonly message: string },
): Promise<string> => {
  const who = `Throughline <> ${Math.floor(commit.at / 1000)} +0000`;
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${who}`,
    `committer ${who}`,
  ];
  const body = Buffer.from(`${lines.join('\n')}\n\n${commit.message}\n`);
  const object = Buffer.concat([Buffer.from(`commit ${body.length}\0`), body]);
  const id = createHash(folder.objectFormat).update(object).digest('hex');
  const place = join(folder.path, 'objects', id.slice(0, 2));
  await mkdir(place, { recursive: true });
  await writeFile(join(place, id.slice(2)), deflateSync(object));
  return id;
};
