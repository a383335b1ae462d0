/** What keeps snapshots: one ref a session, which git's own cleaning respects and nobody else sees. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { equal, is, match, not, ok } from 'uvu/assert';
import { createWorktree } from '../../../../runtime/git/create-worktree.ts';
import { openWorktree } from '../../../../runtime/git/open-worktree.ts';
import { inspectRepository } from '../../../../runtime/git/repository.ts';
import { keepOnly, keepTree } from '../../../../runtime/git/snapshots/kept-trees.ts';
import { takeTree } from '../../../../runtime/git/snapshots/take-tree.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { commitAll, errorOf, git, gitWorld, write } from '../git-world.ts';
import { type SnapshotWorld, snapshotWorld } from './snapshot-world.ts';

const test = suite('kept trees');

const session = '01a22dd3-7020-75b6-9b3b-8e953a2fd905';
const treesRef = `refs/throughline/snapshots/${session}`;

/** Takes the tree and keeps it. */
const keep = async (world: SnapshotWorld, snapshot: number, headBefore: string | null = null) => {
  const taken = await world.take();
  await keepTree({ ...world, session, snapshot, tree: taken.tree, head: taken.head, headBefore });
  return taken;
};

const refs = (world: SnapshotWorld): readonly string[] =>
  git(world.root, 'for-each-ref', '--format=%(refname)', 'refs/throughline').split('\n').filter(Boolean);

test('[law 19] git keeps what is kept, under one ref, however much it cleans away', async () => {
  const world = await snapshotWorld();
  const trees: string[] = [];
  for (const snapshot of [1, 2, 3]) {
    write(world.path, 'new.txt', `version ${snapshot}\n`);
    trees.push((await keep(world, snapshot)).tree);
  }
  rmSync(join(world.path, 'new.txt'));
  git(world.path, 'reflog', 'expire', '--expire=now', '--all');
  git(world.root, 'gc', '--quiet', '--prune=now');
  equal(refs(world), [treesRef]);
  for (const [at, tree] of trees.entries()) is(git(world.root, 'show', `${tree}:new.txt`), `version ${at + 1}`);
  is(git(world.root, 'ls-tree', '--name-only', treesRef), 'S1\nS2\nS3');
  is(git(world.root, 'fsck', '--strict'), '');
});

test('[law 19] no list of commits, no name of one and no push has anything of it', async () => {
  const world = await snapshotWorld();
  const looks = (): readonly string[] => [
    git(world.root, 'log', '--all', '--oneline'),
    git(world.root, 'describe', '--all', '--always'),
    git(world.root, 'name-rev', 'HEAD'),
    git(world.root, 'branch', '--all'),
    git(world.root, 'tag', '--list'),
    git(world.root, 'stash', 'list'),
    git(world.path, 'reflog'),
    git(world.path, 'status', '--porcelain'),
  ];
  const before = looks();
  await keep(world, 1);
  equal(looks(), before);
  const bare = join(world.folder, 'bare.git');
  git(world.folder, 'init', '--quiet', '--bare', bare);
  git(world.root, 'push', '--quiet', '--all', bare);
  git(world.root, 'push', '--quiet', '--tags', bare);
  is(git(bare, 'for-each-ref', 'refs/throughline'), '');
  git(world.folder, 'clone', '--quiet', world.root, 'clone');
  is(git(join(world.folder, 'clone'), 'for-each-ref', 'refs/throughline'), '');
});

test('what was kept under a number and never said is replaced', async () => {
  const world = await snapshotWorld();
  await keep(world, 1);
  write(world.path, 'new.txt', 'new\n');
  const { tree } = await keep(world, 1);
  is(git(world.root, 'rev-parse', `${treesRef}:S1`), tree);
  is(git(world.root, 'ls-tree', '--name-only', treesRef), 'S1');
});

test('commits that were left behind are kept; they go with the last snapshot that was of them', async () => {
  const world = await snapshotWorld();
  write(world.path, 'a', 'a\n');
  const first = commitAll(world.path, 'first try');
  await keep(world, 1);
  write(world.path, 'b', 'b\n');
  const second = commitAll(world.path, 'built on it');
  await keep(world, 2, first);
  equal(refs(world), [treesRef]);
  git(world.path, 'commit', '--quiet', '--amend', '--message', 'rewritten');
  const { head } = await keep(world, 3, second);
  equal(refs(world), [`refs/throughline/commits/${session}/${second}`, treesRef]);
  await keepOnly({
    ...world,
    session,
    snapshots: [
      { snapshot: 2, head: second },
      { snapshot: 3, head },
    ],
  });
  is(git(world.root, 'ls-tree', '--name-only', treesRef), 'S2\nS3');
  equal(refs(world), [`refs/throughline/commits/${session}/${second}`, treesRef]);
  await keepOnly({ ...world, session, snapshots: [{ snapshot: 3, head }] });
  equal(refs(world), [treesRef]);
  await keepOnly({ ...world, session, snapshots: [] });
  equal(refs(world), []);
  await keepOnly({ ...world, session, snapshots: [] });
});

test('[law 21] the lock that a dead git left on the ref is got over; that of another one is not ours to take', async () => {
  const world = await snapshotWorld();
  const lock = join(world.root, '.git', `${treesRef}.lock`);
  mkdirSync(dirname(lock), { recursive: true });
  writeFileSync(lock, '');
  await keep(world, 1);
  not(existsSync(lock));
  git(world.root, 'pack-refs', '--all');
  const packed = join(world.root, '.git/packed-refs.lock');
  writeFileSync(packed, '');
  const error = await errorOf(() => keepOnly({ ...world, session, snapshots: [] }));
  is(error.code, 'git.failed');
  match(error.hint ?? '', 'another git may be at work');
  ok(existsSync(packed));
  rmSync(packed);
  await keepOnly({ ...world, session, snapshots: [] });
  equal(refs(world), []);
});

test('[law 19] a tree that git has cleared away before it was kept is taken once more', async () => {
  const world = await snapshotWorld();
  write(world.path, 'new.txt', 'new\n');
  let attempts = 0;
  const taken = await takeTree({
    worktree: await openWorktree(world),
    indexFolder: world.indexFolder,
    maxFileBytes: 1024,
    keep: async ({ tree, head }) => {
      attempts += 1;
      if (attempts === 1) git(world.root, 'gc', '--quiet', '--prune=now');
      await keepTree({ ...world, session, snapshot: 1, tree, head, headBefore: null });
    },
  });
  is(attempts, 2);
  git(world.root, 'gc', '--quiet', '--prune=now');
  is(git(world.root, 'show', `${taken.tree}:new.txt`), 'new');
});

test('a shallow clone, and a base that does not lead back to what was checked out', async () => {
  const origin = await gitWorld();
  write(origin.root, 'more', 'more\n');
  commitAll(origin.root, 'more');
  const folder = temporaryFolder('shallow');
  git(folder, 'clone', '--quiet', '--depth=1', `file://${origin.root}`, 'clone');
  const root = join(folder, 'clone');
  const repository = await inspectRepository(root);
  const base = repository.headCommit;
  const path = join(folder, 'one');
  await createWorktree({ repository, path, branch: 'one', baseCommit: base });
  const world = await snapshotWorld({
    ...origin,
    folder,
    root,
    repository,
    base,
    path,
    branch: 'one',
    baseCommit: base,
  });
  write(path, 'new.txt', 'new\n');
  await keep(world, 1);
  git(path, 'checkout', '--quiet', '--orphan', 'unborn');
  await keep(world, 2, base);
  equal(refs(world), [`refs/throughline/commits/${session}/${base}`, treesRef]);
  is(git(root, 'show', `${treesRef}:S2/new.txt`), 'new');
});

test('[law 19] files that come and go while it is taken are in it or not, and all others are', async () => {
  const world = await snapshotWorld();
  for (let number = 0; number < 300; number += 1) write(world.path, `stable/${number}`, `${number}\n`);
  let round = 0;
  let isDone = false;
  const churn = async (): Promise<void> => {
    while (!isDone) {
      round += 1;
      write(world.path, `passing/${round % 40}/file`, `${round}\n`);
      rmSync(join(world.path, 'passing', String((round + 20) % 40)), { recursive: true, force: true });
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const churning = churn();
  try {
    for (let take = 1; take <= 4; take += 1) {
      write(world.path, `stable/${take}`, `take ${take}\n`);
      const { tree } = await keep(world, take);
      is(git(world.root, 'show', `${tree}:stable/${take}`), `take ${take}`);
      is(git(world.root, 'ls-tree', '-r', '--name-only', tree, 'stable/').split('\n').length, 300);
    }
  } finally {
    isDone = true;
    await churning;
  }
  ok(round > 10);
  is(
    git(world.root, 'fsck', '--strict')
      .replace(/^dangling .*$/gm, '')
      .trim(),
    '',
  );
});

test.run();
