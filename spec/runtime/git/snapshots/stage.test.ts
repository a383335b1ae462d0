import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is } from 'uvu/assert';
import { openWorktree } from '../../../../runtime/git/open-worktree.ts';
import { stageHunks, stagePaths } from '../../../../runtime/git/snapshots/stage.ts';
import { readHunkHead } from '../../../../runtime/git/snapshots/take-back-hunks.ts';
import { suite } from '../../../support/suite.ts';
import { commitAll, errorOf, git, write } from '../git-world.ts';
import { snapshotWorld } from './snapshot-world.ts';

const test = suite('what is staged');

const world = async () => {
  const made = await snapshotWorld();
  const lines = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`);
  write(made.path, 'lines', lines.join(''));
  commitAll(made.path, 'lines');
  const changed = lines.map((line, index) => (index === 1 || index === 17 ? `changed ${line}` : line)).join('');
  return {
    ...made,
    changed,
    place: async () => ({
      repository: made.repository,
      worktree: await openWorktree(made),
      now: (await made.take()).tree,
      head: git(made.path, 'rev-parse', 'HEAD^{tree}'),
    }),
    staged: (): string => git(made.path, 'diff', '--cached', '--name-status'),
  };
};

test('files and folders are staged as they are, and taken out again; the files themselves stay', async () => {
  const { path, place, staged } = await world();
  write(path, 'source/new.txt', 'new\n');
  rmSync(join(path, 'README.md'));
  write(path, 'lines', 'other\n');
  const of = { ...(await place()), staged: true };
  equal(await stagePaths({ ...of, paths: ['source', 'README.md'] }), ['README.md', 'source/new.txt']);
  is(staged(), 'D\tREADME.md\nA\tsource/new.txt');
  equal(await stagePaths({ ...of, paths: ['source', 'README.md'], staged: false }), ['README.md', 'source/new.txt']);
  is(staged(), '');
  is(git(path, 'status', '--porcelain', '-uall'), ' D README.md\n M lines\n?? source/new.txt');
});

test('one change of a file is staged, then the other, then the first taken out', async () => {
  const { path, changed, place } = await world();
  write(path, 'lines', changed);
  const of = await place();
  const [first, second] = ['@@ -1,4 +1,4 @@', '@@ -18 +18 @@'].map((head) => [
    { path: 'lines', hunk: readHunkHead(head) },
  ]);
  const indexed = (): readonly string[] =>
    git(path, 'show', ':lines')
      .split('\n')
      .filter((line) => line.startsWith('changed'));
  await stageHunks({ ...of, hunks: first ?? [], from: of.head, staged: true });
  equal(indexed(), ['changed line 2']);
  await stageHunks({ ...of, hunks: second ?? [], from: of.head, staged: true });
  equal(indexed(), ['changed line 2', 'changed line 18']);
  await stageHunks({ ...of, hunks: first ?? [], from: of.head, staged: false });
  equal(indexed(), ['changed line 18']);
  const refused = () =>
    stageHunks({
      ...of,
      hunks: [{ path: 'lines', hunk: readHunkHead('@@ -9 +9 @@') }],
      from: of.head,
      staged: true,
    });
  is((await errorOf(refused)).code, 'restore.in_the_way');
});

test('a big file is staged whole, though the snapshot has it by its size and hash', async () => {
  const made = await world();
  write(made.path, 'big.bin', 'x'.repeat(5_000));
  const { tree } = await made.take({ maxFileBytes: 1_000 });
  await stagePaths({ ...(await made.place()), now: tree, paths: ['big.bin'], staged: true });
  is(git(made.path, 'show', ':big.bin').length, 5_000);
});

test.run();
