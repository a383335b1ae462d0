import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runGit } from './command/run-git.ts';
import { inRepository, type Repository } from './repository.ts';

/** A git folder of our own, and how ids of objects are made in it. */
export type BorrowedFolder = { readonly path: string; readonly objectFormat: string };

/**
 * A bare git folder that has HEAD at a branch or a commit, for as long as `body` takes, and nothing of the repository's
 * configuration, hooks or attributes. Its objects are borrowed.
 *
 * Raises what git, the disk and `body` raise.
 */
export const withBorrowedFolder = async <Value>(
  repository: Repository,
  head: { readonly ref?: string; readonly commit: string },
  body: (folder: BorrowedFolder) => Promise<Value>,
): Promise<Value> => {
  const path = await mkdtemp(join(tmpdir(), 'throughline-git-'));
  try {
    return await body(await makeBorrowedFolder(repository, head, { path, isBare: true }));
  } finally {
    await rm(path, { recursive: true, force: true });
  }
};

/** Makes such a folder at a path, which is ours to remove. */
export const makeBorrowedFolder = async (
  repository: Repository,
  head: { readonly ref?: string; readonly commit: string },
  { path, isBare }: { readonly path: string; readonly isBare: boolean },
): Promise<BorrowedFolder> => {
  const call = { ...inRepository(repository), arguments: ['rev-parse', '--show-object-format'] };
  const objectFormat = (await runGit(call)).trim();
  await mkdir(join(path, 'refs'), { recursive: true });
  await mkdir(join(path, 'objects', 'info'), { recursive: true });
  // Quoted, as a line of that file may be.
  const objects = JSON.stringify(join(repository.commonDirectory, 'objects'));
  await writeFile(join(path, 'objects/info/alternates'), `${objects}\n`);
  await writeFile(join(path, 'HEAD'), head.ref === undefined ? `${head.commit}\n` : `ref: ${head.ref}\n`);
  if (head.ref !== undefined) await writeFile(join(path, 'packed-refs'), `${head.commit} ${head.ref}\n`);
  const extensions = objectFormat === 'sha1' ? '' : `[extensions]\n\tobjectFormat = ${objectFormat}\n`;
  await writeFile(
    join(path, 'config'),
    `[core]\n\trepositoryFormatVersion = ${objectFormat === 'sha1' ? 0 : 1}\n\tbare = ${isBare}\n${extensions}`,
  );
  // Where a shallow clone ends: without it git would look for what is not there.
  await copyFile(join(repository.commonDirectory, 'shallow'), join(path, 'shallow')).catch(() => {});
  return { path, objectFormat };
};
