import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { finishMove } from '../../../../runtime/git/landing/finish-move.ts';
import {
  type CheckoutState,
  lookAtCheckout,
  moveWithCheckout,
} from '../../../../runtime/git/landing/follow-checkout.ts';
import { suite } from '../../../support/suite.ts';
import { commitAll, git, makeTrap, write } from '../git-world.ts';
import { type LandingWorld, landingWorld } from './landing-world.ts';

const test = suite('checkouts that follow a branch');

type FollowWorld = LandingWorld & { readonly from: string; readonly to: string };

/** `main` is out in the repository's own folder; `to` changes, adds, and takes away. */
const followWorld = async (): Promise<FollowWorld> => {
  const world = await landingWorld();
  const { root, branch } = world;
  write(root, 'notes.md', 'notes\n');
  write(root, 'leaving', 'leaving\n');
  write(root, '.gitignore', '*.local\n');
  const from = commitAll(root, 'start');
  const to = branch('landing', () => {
    write(root, 'README.md', 'hello again\n');
    write(root, 'new/file', 'new\n');
    write(root, 'env.local', 'from the branch\n');
    git(root, 'add', '--force', 'env.local');
    rmSync(join(root, 'leaving'));
  });
  return { ...world, from, to };
};

const move = ({ repository, from, to }: FollowWorld, more: object = {}) =>
  moveWithCheckout({ repository, branch: 'main', from, to, why: 'throughline: landed', ...more });

const status = (root: string): string => git(root, 'status', '--porcelain');
const at = (root: string, ref = 'main'): string => git(root, 'rev-parse', ref);

/** What is said of why the branch does not move; fails when it moves, or when anything has changed. */
const blocked = async (world: FollowWorld): Promise<CheckoutState> => {
  const before = status(world.root);
  const moved = await move(world);
  ok(moved.kind === 'blocked', moved.kind);
  is(at(world.root), world.from, 'the branch stays where it is');
  is(status(world.root), before);
  return moved.state;
};

test('it is on the branch and follows; what was changed elsewhere stays as it is', async () => {
  const world = await followWorld();
  write(world.root, 'notes.md', 'mine\n');
  write(world.root, 'untracked', 'mine\n');
  const moved = await move(world);
  equal(moved, { kind: 'moved', checkout: world.root, kept: ['notes.md'] });
  is(at(world.root), world.to);
  is(status(world.root), ' M notes.md\n?? untracked');
  is(readFileSync(join(world.root, 'README.md'), 'utf8'), 'hello again\n');
  is(existsSync(join(world.root, 'leaving')), false);
  match(git(world.root, 'reflog', '-1', 'main'), /throughline: landed/);
});

test('it is on another branch: nothing of it moves', async () => {
  const world = await followWorld();
  git(world.root, 'checkout', '--quiet', '-b', 'fix/login');
  equal(await lookAtCheckout({ ...world, branch: 'main' }), { kind: 'none' });
  equal(await move(world), { kind: 'moved', checkout: null, kept: [] });
  equal([at(world.root), at(world.root, 'HEAD'), status(world.root)], [world.to, world.from, '']);
});

test('the branch is out in another worktree, which follows by the same rules', async () => {
  const world = await followWorld();
  const path = join(dirname(world.root), 'other');
  git(world.root, 'checkout', '--quiet', '--detach');
  git(world.root, 'worktree', 'add', '--quiet', path, 'main');
  write(path, 'README.md', 'mine\n');
  const state = await blocked(world);
  equal(state, { kind: 'in_the_way', path, files: [{ path: 'README.md', why: 'changed' }] });
  git(path, 'checkout', '--quiet', '--', '.');
  equal(await move(world), { kind: 'moved', checkout: path, kept: [] });
  is(status(path), '');
});

test('something is in the way, ignored files included: the branch does not move, and it is said what', async () => {
  const world = await followWorld();
  write(world.root, 'README.md', 'mine\n');
  write(world.root, 'env.local', 'secret\n');
  write(world.root, 'new', 'a file where a folder is to be\n');
  equal(await blocked(world), {
    kind: 'in_the_way',
    path: world.root,
    files: [
      { path: 'README.md', why: 'changed' },
      { path: 'env.local', why: 'ignored' },
      { path: 'new', why: 'untracked' },
    ],
  });
  is(readFileSync(join(world.root, 'env.local'), 'utf8'), 'secret\n');
  git(world.root, 'checkout', '--quiet', '--', '.');
  rmSync(join(world.root, 'new'));
  git(world.root, 'rm', '--quiet', '--cached', 'leaving');
  rmSync(join(world.root, 'env.local'));
  equal(await blocked(world), {
    kind: 'in_the_way',
    path: world.root,
    files: [{ path: 'leaving', why: 'changed' }],
  });
});

test('what is unfinished there holds it up: a rebase and a bisection of the branch, a merge', async () => {
  const world = await followWorld();
  const { root, from, branch } = world;
  const what = async (): Promise<string> => {
    const state = await blocked(world);
    ok(state.kind === 'unfinished', state.kind);
    return state.what;
  };
  const other = branch('other', () => write(root, 'notes.md', 'other\n'), from);
  git(root, 'bisect', 'start', 'main', 'main~1');
  is(await what(), 'bisect');
  git(root, 'bisect', 'reset');
  git(root, 'merge', '--quiet', '--no-commit', '--no-ff', other);
  is(await what(), 'merge');
  git(root, 'merge', '--abort');
  // A rebase of the branch leaves HEAD on none.
  try {
    git(root, '-c', 'sequence.editor=echo break >', 'rebase', '--quiet', '--interactive', 'HEAD~1');
  } catch {
    // It stops, as it should.
  }
  is(git(root, 'rev-parse', '--abbrev-ref', 'HEAD'), 'HEAD');
  is(await what(), 'rebase');
});

test('files that go through a filter are left to the person, whatever brings the attribute', async () => {
  const world = await landingWorld();
  const { root, branch } = world;
  const trap = makeTrap(dirname(root), 'filter');
  git(root, 'config', 'filter.lfs.smudge', trap.script);
  const from = at(root);
  const to = branch('landing', () => {
    write(root, '.gitattributes', '*.psd filter=lfs\n');
    write(root, 'deep/picture.psd', 'pointer\n');
  });
  const state = await blocked({ ...world, from, to });
  equal(state, { kind: 'filtered', path: root, files: [{ path: 'deep/picture.psd', filter: 'lfs' }] });
});

test('[law 14] hooks, editors and merge options of the repository have no say in it', async () => {
  const world = await followWorld();
  const { root } = world;
  const trap = makeTrap(dirname(root), 'hook');
  for (const hook of [
    'post-merge',
    'post-checkout',
    'pre-merge-commit',
    'reference-transaction',
    'post-index-change',
  ]) {
    symlinkSync(trap.script, join(root, '.git/hooks', hook));
  }
  for (const [key, value] of [
    ['core.hooksPath', '.git/hooks'],
    ['core.editor', trap.script],
    ['core.fsmonitor', trap.script],
    ['branch.main.mergeOptions', '--squash'],
    ['merge.verifySignatures', 'true'],
    ['merge.autoStash', 'true'],
    ['merge.ff', 'false'],
    ['gpg.program', trap.script],
  ] as const) {
    git(root, 'config', key, value);
  }
  is((await move(world)).kind, 'moved');
  is(trap.sprung(), false);
  git(root, 'config', '--unset', 'core.fsmonitor');
  equal([at(root), git(root, '-c', 'core.hooksPath=/dev/null', 'status', '--porcelain')], [world.to, '']);
});

test('who moved it meanwhile is not overruled', async () => {
  const world = await followWorld();
  write(world.root, 'notes.md', 'further\n');
  const further = commitAll(world.root, 'further');
  equal(await move(world), { kind: 'elsewhere', at: further });
  git(world.root, 'checkout', '--quiet', '--detach');
  equal(await move(world), { kind: 'elsewhere', at: further });
});

test('it goes back as it came, by the same rules', async () => {
  const world = await followWorld();
  const { root, from, to } = world;
  await move(world);
  write(root, 'notes.md', 'mine\n');
  write(root, 'leaving', 'in the way\n');
  const back = { ...world, from: to, to: from };
  const state = await blocked(back);
  equal(state, { kind: 'in_the_way', path: root, files: [{ path: 'leaving', why: 'untracked' }] });
  rmSync(join(root, 'leaving'));
  equal(await move(back), { kind: 'moved', checkout: root, kept: ['notes.md'] });
  equal([at(root), status(root)], [from, ' M notes.md']);
});

/** A name that is no UTF-8. */
const bytesIn = (root: string): Buffer => Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0xfe])]);

/** `main` has a file whose name is no UTF-8; `to` is without it, and the checkout has gone there. */
const bytesWorld = async () => {
  const world = await landingWorld();
  const { root, branch } = world;
  const name = bytesIn(root);
  writeFileSync(name, 'tracked\n');
  const to = commitAll(root, 'start');
  const from = branch('landing', () => rmSync(name));
  git(root, 'merge', '--quiet', '--ff-only', from);
  return { ...world, from, to, name };
};

test('[law 19] a file in the way is seen also where its name is no UTF-8', async () => {
  const world = await bytesWorld();
  const { root, from, name } = world;
  writeFileSync(name, 'mine\n');
  for (const why of ['untracked', 'ignored'] as const) {
    if (why === 'ignored') write(root, '.git/info/exclude', '*\n');
    const moved = await move(world);
    equal([readFileSync(name, 'utf8'), moved.kind, at(root)], ['mine\n', 'blocked', from], why);
    ok(moved.kind === 'blocked' && moved.state.kind === 'in_the_way');
    equal(moved.state.files, [{ path: '\ufffd\ufffd', why: 'untracked' }]);
  }
  rmSync(name);
  is((await move(world)).kind, 'moved');
  equal([readFileSync(name, 'utf8'), status(root)], ['tracked\n', '']);
});

test('symlinks and line ends follow', async () => {
  const world = await landingWorld();
  const { root, branch } = world;
  write(root, '.gitattributes', '*.txt text eol=crlf\n');
  write(root, 'lines.txt', 'one\r\n');
  const from = commitAll(root, 'start');
  const to = branch('landing', () => {
    write(root, 'lines.txt', 'one\r\ntwo\r\n');
    rmSync(join(root, 'source/a.txt'));
    symlinkSync('../lines.txt', join(root, 'source/a.txt'));
  });
  is((await move({ ...world, from, to })).kind, 'moved');
  is(status(root), '');
  is(readFileSync(join(root, 'source/a.txt'), 'utf8'), 'one\r\ntwo\r\n');
});

test('a folder that was removed by hand holds nothing up, and one whose place is away does', async () => {
  const world = await followWorld();
  const place = join(dirname(world.root), 'disk');
  git(world.root, 'checkout', '--quiet', '--detach');
  git(world.root, 'worktree', 'add', '--quiet', join(place, 'other'), 'main');
  rmSync(place, { recursive: true });
  const moved = await move(world);
  ok(moved.kind === 'blocked');
  equal(moved.state, { kind: 'away', path: join(place, 'other') });
  mkdirSync(place);
  equal(await move(world), { kind: 'moved', checkout: null, kept: [] });
});

/** What a killed fast-forward can leave: files old, new, gone or half written, each index, each ref, with locks or not. */
test('[law 21] a fast-forward that was killed anywhere is brought to its end, and nothing else is touched', async () => {
  const halves = [
    { name: 'nothing', put: () => {} },
    { name: 'one file', put: (root: string) => write(root, 'README.md', 'hello again\n') },
    { name: 'half a file', put: (root: string) => write(root, 'README.md', 'hello ag') },
    { name: 'an empty file', put: (root: string) => write(root, 'new/file', '') },
    { name: 'a file is gone', put: (root: string) => rmSync(join(root, 'leaving')) },
    {
      name: 'all files',
      put: (root: string) => {
        write(root, 'README.md', 'hello again\n');
        write(root, 'new/file', 'new\n');
        write(root, 'env.local', 'from the branch\n');
        rmSync(join(root, 'leaving'));
      },
    },
  ];
  for (const half of halves) {
    for (const index of ['old', 'new'] as const) {
      for (const ref of ['old', 'new'] as const) {
        const world = await followWorld();
        const { root, repository, from, to } = world;
        write(root, 'notes.md', 'mine\n');
        write(root, 'staged', 'mine\n');
        git(root, 'add', 'staged');
        half.put(root);
        if (index === 'new') {
          git(root, 'read-tree', to);
          git(root, 'add', 'staged');
        }
        if (ref === 'new') git(root, 'update-ref', 'refs/heads/main', to);
        for (const lock of ['index.lock', 'HEAD.lock', 'refs/heads/main.lock']) write(root, `.git/${lock}`, '');
        const finish = {
          repository,
          branch: 'main',
          from,
          to,
          why: 'again',
          begunAt: Date.now() - 1_000,
          now: Date.now(),
        };
        const finished = await finishMove(finish);
        const what = `${half.name}, index ${index}, ref ${ref}: ${finished.kind}`;
        if (half.name === 'nothing' && index === 'old' && ref === 'old') {
          is(finished.kind, 'not_moved', what);
          is((await move(world)).kind, 'moved', what);
        } else {
          is(finished.kind, 'moved', what);
        }
        is(at(root), to, what);
        is(git(root, 'symbolic-ref', 'HEAD'), 'refs/heads/main', what);
        is(status(root), ' M notes.md\nA  staged', what);
        is(readFileSync(join(root, 'notes.md'), 'utf8'), 'mine\n', what);
      }
    }
  }
});

test('[law 21] names that are no UTF-8 are brought to their end as any other', async () => {
  const world = await bytesWorld();
  const { root, repository, from, to, name } = world;
  const finish = { repository, branch: 'main', from, to, why: 'again', begunAt: Date.now() - 1_000, now: Date.now() };
  writeFileSync(name, 'tra');
  equal(await finishMove(finish), { kind: 'moved', checkout: root });
  equal([readFileSync(name, 'utf8'), status(root), at(root)], ['tracked\n', '', to]);
});

test('[law 19] what somebody put where a killed fast-forward was to write stays, whatever it is', async () => {
  for (const put of [
    { name: 'a file in the folder that becomes a file', path: 'source/mine', file: 'source/mine' },
    { name: 'a file where a folder is to be', path: 'new', file: 'new' },
    { name: 'a link where a folder was', path: 'linked', file: 'source' },
  ]) {
    const world = await landingWorld();
    const { root, repository, branch } = world;
    const from = at(root);
    const to = branch('landing', () => {
      rmSync(join(root, 'source'), { recursive: true });
      write(root, 'source', 'now a file\n');
      write(root, 'new/file', 'new\n');
    });
    const elsewhere = join(dirname(root), 'elsewhere');
    if (put.path === 'linked') {
      write(elsewhere, 'a.txt', git(root, 'show', 'main:source/a.txt').concat('\n'));
      rmSync(join(root, 'source'), { recursive: true });
      symlinkSync(elsewhere, join(root, 'source'));
    } else write(root, put.path, 'mine\n');
    // It had begun.
    write(root, 'README.md', readFileSync(join(root, 'README.md'), 'utf8'));
    const finish = { repository, branch: 'main', from, to, why: 'again', begunAt: Date.now(), now: Date.now() };
    equal(await finishMove(finish), { kind: 'mixed', path: root, files: [put.file] }, put.name);
    const kept = put.path === 'linked' ? join(elsewhere, 'a.txt') : join(root, put.path);
    ok(existsSync(kept), put.name);
    is(at(root), from, put.name);
  }
});

test('[law 19] a file that somebody changed since then is not overwritten when a killed fast-forward is finished', async () => {
  const world = await followWorld();
  const { root, repository, from, to } = world;
  write(root, 'README.md', 'hello, changed by hand\n');
  write(root, 'new/file', 'new\n');
  const finish = { repository, branch: 'main', from, to, why: 'again', begunAt: Date.now(), now: Date.now() };
  equal(await finishMove(finish), { kind: 'mixed', path: root, files: ['README.md'] });
  is(readFileSync(join(root, 'README.md'), 'utf8'), 'hello, changed by hand\n');
  const old = join(root, '.git/index.lock');
  writeFileSync(old, '');
  utimesSync(old, 1, 1);
  equal(await finishMove(finish), { kind: 'locked', locks: [old] });
  ok(existsSync(old), 'a lock from before is not ours');
});

test.run();
