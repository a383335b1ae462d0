import { chmodSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, ok } from 'uvu/assert';
import { conflictLines } from '../../../../runtime/git/landing/conflict-lines.ts';
import {
  type Merge,
  mergeInWorktree,
  mergeManyTrees,
  mergeTrees,
} from '../../../../runtime/git/landing/merge-trees.ts';
import { suite } from '../../../support/suite.ts';
import { commitAll, git, makeTrap, write } from '../git-world.ts';
import { landingWorld } from './landing-world.ts';

const test = suite('merges in memory');

const told = (merge: Merge | null): string =>
  merge === null || merge.kind === 'clean'
    ? String(merge?.kind)
    : `${merge.files.join(' ')}: ${merge.conflicts.map(({ kind }) => kind).join(', ')}`;

test('conflicts of every kind are foreseen, and what does not conflict is the tree that git gives', async () => {
  const { root, repository, branch } = await landingWorld();
  const lines = (word: string): string => ['one', 'two', word, 'four', 'five', ''].join('\n');
  write(root, 'text', lines('three'));
  write(root, 'bytes', 'a\0b');
  write(root, 'old', lines('old'));
  write(root, 'gone', 'gone\n');
  write(root, 'script', 'echo\n');
  const start = commitAll(root, 'start');
  const pairs: Record<string, [() => void, () => void]> = {
    text: [() => write(root, 'text', lines('ours')), () => write(root, 'text', lines('theirs'))],
    bytes: [() => write(root, 'bytes', 'o\0b'), () => write(root, 'bytes', 't\0b')],
    added: [() => write(root, 'new', 'ours\n'), () => write(root, 'new', 'theirs\n')],
    renamed: [
      () => renameSync(join(root, 'old'), join(root, 'left')),
      () => renameSync(join(root, 'old'), join(root, 'right')),
    ],
    moved: [() => renameSync(join(root, 'old'), join(root, 'left')), () => write(root, 'old', lines('old again'))],
    lost: [() => renameSync(join(root, 'old'), join(root, 'left')), () => rmSync(join(root, 'old'))],
    executable: [() => chmodSync(join(root, 'script'), 0o755), () => write(root, 'script', 'echo again\n')],
    deleted: [() => rmSync(join(root, 'gone')), () => write(root, 'gone', 'still\n')],
    folder: [() => write(root, 'place', 'file\n'), () => write(root, 'place/file', 'in a folder\n')],
    mode: [
      () => symlinkSync('text', join(root, 'link')),
      () => {
        write(root, 'link', 'no link\n');
        chmodSync(join(root, 'link'), 0o755);
      },
    ],
    clean: [() => write(root, 'text', lines('three').replace('one', 'ONE')), () => write(root, 'bytes', 't\0t')],
  };
  const made = Object.entries(pairs).map(([name, [ours, theirs]]) => ({
    name,
    ours: branch(`${name}-ours`, ours, start),
    theirs: branch(`${name}-theirs`, theirs, start),
  }));
  const merges = await mergeManyTrees(repository, made);
  const said = Object.fromEntries(made.map(({ name }, at) => [name, told(merges[at] ?? null)]));
  equal(said, {
    text: 'text: contents',
    bytes: 'bytes: binary, contents',
    added: 'new: contents',
    renamed: 'left old right: rename/rename',
    moved: 'clean',
    lost: 'left: rename/delete',
    executable: 'clean',
    deleted: 'gone: modify/delete',
    folder: 'place: file/directory',
    mode: 'link: distinct modes',
    clean: 'clean',
  });
  for (const [at, { name, ours, theirs }] of made.entries()) {
    const alone = await mergeTrees(repository, { ours, theirs });
    equal(alone, merges[at], `${name} alone`);
    // As git before 2.38 does it.
    const inWorktree = await mergeInWorktree(repository, ours, theirs);
    is(inWorktree.kind, alone.kind, name);
    if (alone.kind === 'clean') equal(inWorktree, alone);
    if (name === 'text' && inWorktree.kind === 'conflicts') is(told(inWorktree), told(alone));
  }
  is(git(root, 'worktree', 'list').split('\n').length, 1);
  is(git(root, 'status', '--porcelain'), '');
  const [text] = merges;
  ok(text?.kind === 'conflicts');
  equal(conflictLines(git(root, 'cat-file', '-p', `${text.tree}:text`)), [
    { ours: { from: 3, to: 3 }, theirs: { from: 3, to: 3 } },
  ]);
});

test('submodules that moved apart conflict, and are named', async () => {
  const { root, repository, branch } = await landingWorld();
  const other = (await landingWorld()).root;
  git(root, '-c', 'protocol.file.allow=always', 'submodule', 'add', '--quiet', other, 'library');
  const start = commitAll(root, 'with a submodule');
  const at = (word: string) => () => {
    const inside = join(root, 'library');
    git(inside, 'checkout', '--quiet', '--detach');
    write(inside, word, `${word}\n`);
    commitAll(inside, word);
  };
  const first = git(join(root, 'library'), 'rev-parse', 'HEAD');
  const ours = branch('ours', at('left'), start);
  git(join(root, 'library'), 'checkout', '--quiet', first);
  const theirs = branch('theirs', at('right'), start);
  const merge = await mergeTrees(repository, { ours, theirs });
  ok(merge.kind === 'conflicts');
  equal(merge.files, ['library']);
  ok(merge.conflicts[0]?.kind.startsWith('submodule'), merge.conflicts[0]?.kind);
});

test('a base of our own stands in for where histories parted; unrelated ones cannot be merged', async () => {
  const { root, repository, branch } = await landingWorld();
  const theirs = branch('theirs', () => write(root, 'README.md', 'hello again\n'));
  const landed = branch('landed', () => write(root, 'README.md', 'hello again\n'));
  const further = branch('further', () => write(root, 'README.md', 'hello again and again\n'), theirs);
  const conflict = await mergeTrees(repository, { ours: landed, theirs: further });
  is(conflict.kind, 'conflicts');
  const merge = await mergeTrees(repository, { ours: landed, theirs: further, base: `${theirs}^{tree}` });
  equal(merge, { kind: 'clean', tree: git(root, 'rev-parse', `${further}^{tree}`) });
  git(root, 'checkout', '--quiet', '--orphan', 'elsewhere');
  const orphan = commitAll(root, 'elsewhere');
  equal(
    (
      await mergeManyTrees(repository, [
        { ours: landed, theirs: orphan },
        { ours: landed, theirs },
      ])
    ).map((each) => each?.kind ?? null),
    [null, 'clean'],
  );
});

test('[law 14] no merge driver of the repository runs, whatever its attributes say', async () => {
  const { root, repository, branch } = await landingWorld();
  const trap = makeTrap(root, 'driver');
  git(root, 'config', 'merge.evil.driver', `${trap.script} %A`);
  write(root, '.git/info/attributes', '* merge=evil\n');
  write(root, '.gitattributes', '* merge=evil\n');
  const start = commitAll(root, 'attributes');
  const ours = branch('ours', () => write(root, 'README.md', 'ours\n'), start);
  const theirs = branch('theirs', () => write(root, 'README.md', 'theirs\n'), start);
  is((await mergeTrees(repository, { ours, theirs })).kind, 'conflicts');
  is((await mergeManyTrees(repository, [{ ours, theirs }]))[0]?.kind, 'conflicts');
  is((await mergeInWorktree(repository, ours, theirs)).kind, 'conflicts');
  is(trap.sprung(), false);
});

test.run();
