import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type TreeChange, treeChanges, treePatch, treeTotals } from '../../../../runtime/git/snapshots/tree-changes.ts';
import { suite } from '../../../support/suite.ts';
import { commitAll, errorOf, type GitWorld, git, gitWorld, makeTrap, write } from '../git-world.ts';

const test = suite('changes between trees');

const lines = (count: number, prefix = 'line'): string =>
  Array.from({ length: count }, (_, index) => `${prefix} ${index}\n`).join('');

const treeOf = (world: GitWorld, message: string): string => {
  commitAll(world.root, message);
  return git(world.root, 'rev-parse', 'HEAD^{tree}');
};

/** What was found, by path; of each only what differs from a plain change of text. */
const found = async (world: GitWorld, from: string, to: string): Promise<Record<string, Partial<TreeChange>>> => {
  const { files, cut } = await treeChanges({ ...world, from, to });
  assert.not(cut);
  return Object.fromEntries(
    files.map(({ path, oldBlob, newBlob, oldMode, newMode, ...change }) => {
      assert.is(oldMode === '000000', oldBlob === null);
      assert.is(newMode === '000000', newBlob === null);
      return [path, change];
    }),
  );
};

test('each kind of change is named, with its lines', async () => {
  const world = await gitWorld();
  write(world.root, 'long.txt', lines(40));
  write(world.root, 'gone.txt', 'gone\n');
  write(world.root, 'run.sh', 'run\n');
  write(world.root, 'link', 'a file\n');
  write(world.root, 'picture', 'a\0b');
  const from = treeOf(world, 'before');
  renameSync(join(world.root, 'long.txt'), join(world.root, 'ü 🚀\n.txt'));
  write(world.root, 'ü 🚀\n.txt', `${lines(40)}more\n`);
  rmSync(join(world.root, 'gone.txt'));
  chmodSync(join(world.root, 'run.sh'), 0o755);
  rmSync(join(world.root, 'link'));
  symlinkSync('README.md', join(world.root, 'link'));
  write(world.root, 'picture', 'a\0bcd');
  write(world.root, 'README.md', 'changed\n');
  write(world.root, 'new.txt', 'new\n');
  const to = treeOf(world, 'after');
  assert.equal(await found(world, from, to), {
    'README.md': { kind: 'modified', additions: 1, deletions: 1 },
    'gone.txt': { kind: 'deleted', additions: 0, deletions: 1 },
    link: { kind: 'type', additions: 1, deletions: 1 },
    'new.txt': { kind: 'added', additions: 1, deletions: 0 },
    picture: { kind: 'modified', additions: null, deletions: null, oldBytes: 3, newBytes: 5 },
    'run.sh': { kind: 'mode', additions: 0, deletions: 0 },
    'ü 🚀\n.txt': { kind: 'renamed', previousPath: 'long.txt', similarity: 98, additions: 1, deletions: 0 },
  });
  assert.equal(await treeTotals({ ...world, from, to }), { files: 7, additions: 4, deletions: 3 });
  assert.equal(await treeTotals({ ...world, from, to: from }), { files: 0, additions: 0, deletions: 0 });
});

test('a name that is not UTF-8 keeps its bytes', async () => {
  const world = await gitWorld();
  const from = git(world.root, 'rev-parse', 'HEAD^{tree}');
  writeFileSync(Buffer.concat([Buffer.from(`${world.root}/`), Buffer.from([0x66, 0xff])]), 'x\n');
  const to = treeOf(world, 'after');
  assert.equal(await found(world, from, to), {
    'f�': { latin1Path: 'fÿ', kind: 'added', additions: 1, deletions: 0 },
  });
});

test('a list and a patch are bounded, and say so', async () => {
  const world = await gitWorld();
  const from = git(world.root, 'rev-parse', 'HEAD^{tree}');
  for (let number = 0; number < 20; number += 1) write(world.root, `f${number}`, lines(20, `${number}`));
  const to = treeOf(world, 'after');
  const { files, cut } = await treeChanges({ ...world, from, to, maxFiles: 7 });
  assert.ok(cut);
  assert.equal(
    files.map((file) => file.additions),
    Array.from({ length: 7 }, () => 20),
  );
  const patch = await treePatch({ ...world, from, to, maxBytes: 1_000 });
  assert.ok(patch.cut && patch.text.endsWith('\n') && patch.text.length <= 1_000);
});

test('a patch has the files and the context that were asked for', async () => {
  const world = await gitWorld();
  write(world.root, 'a*', lines(30));
  write(world.root, 'ab', 'ab\n');
  const from = treeOf(world, 'before');
  write(world.root, 'a*', lines(30).replace('line 15\n', 'line  15\nnew\n'));
  write(world.root, 'ab', 'changed\n');
  const to = treeOf(world, 'after');
  const near = await treePatch({ ...world, from, to, paths: ['a*'] });
  assert.match(near.text, /^@@ -13,7 \+13,8 @@/m);
  assert.not(near.text.includes('b/ab'));
  const blind = await treePatch({ ...world, from, to, paths: ['a*'], context: 0, ignoreWhitespace: true });
  assert.match(blind.text, /^@@ -16,0 \+17 @@/m);
  const whole = await treePatch({ ...world, from, to, paths: ['a*'], context: 'all' });
  assert.match(whole.text, /^@@ -1,30 \+1,31 @@/m);
});

test('nothing in a worktree or in the settings hides a change or is run', async () => {
  const world = await gitWorld();
  const from = git(world.root, 'rev-parse', 'HEAD^{tree}');
  const { script, sprung } = makeTrap(world.folder, 'trap');
  write(world.root, '.gitattributes', '* -diff diff=evil\n');
  write(world.root, 'README.md', 'hello\n\nyou\n');
  const to = treeOf(world, 'after');
  mkdirSync(join(world.root, '.git/info'), { recursive: true });
  write(world.root, '.git/.gitattributes', '* -diff\n');
  write(world.root, '.git/evil', '* -diff\n');
  for (const [key, value] of [
    ['core.attributesFile', join(world.root, '.git/evil')],
    ['diff.evil.command', script],
    ['diff.evil.textconv', script],
    ['diff.external', script],
    ['diff.renameLimit', '1'],
    ['diff.noprefix', 'true'],
    ['diff.suppressBlankEmpty', 'true'],
  ] as const) {
    git(world.root, 'config', key, value);
  }
  assert.equal((await found(world, from, to))['README.md'], { kind: 'modified', additions: 2, deletions: 0 });
  const { text } = await treePatch({ ...world, from, to, paths: ['README.md'] });
  assert.match(text, /^diff --git a\/README.md b\/README.md$/m);
  assert.match(text, /^\+$/m);
  assert.not(sprung());
});

test('a text of more than a megabyte is shown by its size', async () => {
  const world = await gitWorld();
  const from = git(world.root, 'rev-parse', 'HEAD^{tree}');
  write(world.root, 'large.txt', 'x\n'.repeat(700_000));
  const to = treeOf(world, 'after');
  assert.equal(await found(world, from, to), {
    'large.txt': { kind: 'added', additions: null, deletions: null, newBytes: 1_400_000 },
  });
});

test('what is no id, and what is not there, is refused', async () => {
  const world = await gitWorld();
  const to = world.base;
  assert.is((await errorOf(() => treeChanges({ ...world, from: '--output=/tmp/x', to }))).code, 'git.failed');
  assert.is((await errorOf(() => treeChanges({ ...world, from: '1'.repeat(40), to }))).code, 'git.failed');
});

test.run();
