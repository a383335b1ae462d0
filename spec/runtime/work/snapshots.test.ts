/** Snapshots as the runtime takes them: at the start and the end of each run, kept from gc, gone with the session. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  field,
  git,
  happened,
  historyOf,
  type OpenRuntime,
  rowOf,
  spoke,
  start,
  type World,
} from '../../support/world.ts';

const test = suite('snapshots of sessions', { timeLimitMs: 180_000 });
test.after(closeWorlds);

const world = createWorld('snapshots');
const runtime = await world.open();

/** An agent that makes one file, and in its second turn another by a command. */
const editing = world.script(
  'editing',
  { steps: [{ do: 'edit', path: 'one.txt', text: 'one\ntwo\n' }] },
  { steps: [{ do: 'run', command: 'echo three >> one.txt; echo new > two.txt' }] },
);

const taken = (of: OpenRuntime, id: SessionId, count: number): Promise<SessionWork['snapshots']> =>
  until(`${count} snapshots are taken`, async () => {
    const { snapshots } = await of.work(id);
    return snapshots.length >= count && snapshots;
  });

const lineOf = ({ snapshot, reason, run, files, additions, deletions }: SessionWork['snapshots'][number]): string =>
  `S${snapshot} ${reason} ${run}: ${files} files +${additions} -${deletions}`;

const refsOf = (of: World, id: string): string =>
  git(of.repository, 'for-each-ref', '--format=%(refname)', `refs/throughline/*/${id}`);

test('[law 19] each run has one of its start and one of its end, whoever changed the files, and gc keeps them', async () => {
  const { id } = await start(runtime, world, editing, { worktree: true });
  const { worktree } = await ended(runtime, id);
  ok(worktree.path);
  await taken(runtime, id, 2);
  // By the person, between two runs.
  writeFileSync(join(worktree.path, 'mine.txt'), 'mine\n');
  await runtime.prompt(id, 'And now?');
  await ended(runtime, id);
  const snapshots = await taken(runtime, id, 4);
  equal(snapshots.map(lineOf), [
    'S1 run_start 1: 0 files +0 -0',
    'S2 run_end 1: 1 files +2 -0',
    'S3 run_start 2: 1 files +1 -0',
    'S4 run_end 2: 2 files +2 -0',
  ]);
  const [, second, , fourth] = snapshots;
  ok(second && fourth);
  equal([fourth.head, fourth.branch], [git(worktree.path, 'rev-parse', 'HEAD'), worktree.branch]);
  git(world.repository, 'gc', '--quiet', '--prune=now');
  is(git(world.repository, 'diff', '--name-only', second.tree, fourth.tree), 'mine.txt\none.txt\ntwo.txt');
  is(git(world.repository, 'show', `refs/throughline/snapshots/${id}:S4/one.txt`), 'one\ntwo\nthree');
  is(git(worktree.path, 'status', '--porcelain'), '?? mine.txt\n?? one.txt\n?? two.txt');
});

test('[law 19] nothing of the person sees them: log, describe, branches, stash and what is pushed', async () => {
  const before = git(world.repository, 'log', '--all', '--format=%H');
  const { id } = await start(runtime, world, editing, { worktree: true });
  const row = await ended(runtime, id);
  ok(row.worktree.path);
  await taken(runtime, id, 2);
  ok(refsOf(world, id) !== '');
  is(git(world.repository, 'log', '--all', '--format=%H'), before);
  match(git(world.repository, 'describe', '--all', '--always', 'HEAD'), /^(heads\/)?main/);
  is(git(world.repository, 'stash', 'list'), '');
  const bare = join(world.directory.root, '..', 'bare.git');
  git(world.repository, 'init', '--quiet', '--bare', bare);
  git(world.repository, 'push', '--quiet', '--all', bare);
  is(git(bare, 'for-each-ref', 'refs/throughline'), '');
  is(git(row.worktree.path, 'reflog', '--format=%gs').split('\n').length, 1);
});

test('[law 19] a commit that was left behind by a rewriting is kept, and one that was built on has no ref of its own', async () => {
  const rewriting = world.script(
    'rewriting',
    {
      steps: [
        { do: 'run', command: 'echo a > a && git add a && git -c user.name=A -c user.email=a@x commit -qm first' },
      ],
    },
    {
      steps: [
        { do: 'run', command: 'echo b > b && git add b && git -c user.name=A -c user.email=a@x commit -qm second' },
      ],
    },
    { steps: [{ do: 'run', command: 'git -c user.name=A -c user.email=a@x commit -q --amend -m other' }] },
  );
  const { id } = await start(runtime, world, rewriting, { worktree: true });
  const { worktree } = await ended(runtime, id);
  ok(worktree.path);
  await runtime.prompt(id, 'Go on.');
  await ended(runtime, id);
  const [second] = (await taken(runtime, id, 4)).slice(-1);
  ok(second?.head);
  is(git(world.repository, 'for-each-ref', 'refs/throughline/commits'), '');
  await runtime.prompt(id, 'Go on.');
  await ended(runtime, id);
  await taken(runtime, id, 6);
  git(worktree.path, 'reflog', 'expire', '--expire=now', '--all');
  git(world.repository, 'gc', '--quiet', '--prune=now');
  is(git(world.repository, 'log', '-1', '--format=%s', second.head), 'second');
  await runtime.remove(id, { force: true });
  is(git(world.repository, 'for-each-ref', 'refs/throughline/commits'), '');
});

test('[law 19] they go with their session: refs, and the index that they were made with', async () => {
  const { id } = await start(runtime, world, editing, { worktree: true });
  await ended(runtime, id);
  await taken(runtime, id, 2);
  ok(readdirSync(world.directory.snapshots).includes(id));
  await runtime.remove(id, { force: true });
  is(refsOf(world, id), '');
  is(existsSync(join(world.directory.snapshots, id)), false);
});

test('one that cannot be taken is said, and the run goes on', async () => {
  const { id } = await start(runtime, world, editing, { worktree: true });
  const { worktree } = await ended(runtime, id);
  ok(worktree.path);
  const [, end] = await taken(runtime, id, 2);
  // Where its index is to be is a file that nobody can write.
  rmSync(join(world.directory.snapshots, id), { recursive: true });
  writeFileSync(join(world.directory.snapshots, id), '');
  await runtime.prompt(id, 'And now?');
  is((await ended(runtime, id)).status, 'Completed');
  const failed = await happened(
    runtime,
    id,
    'it is said',
    ({ type, payload }) => type === 'snapshot_failed' && field({ payload } as never, 'reason') === 'run_end',
  );
  match(String(field(failed, 'message')), worktree.path);
  equal((await runtime.work(id)).snapshots.at(-1), end);
});

test('a session in a folder of the person has none, and says nothing of it', async () => {
  const { id } = await start(runtime, world, 'quick');
  await ended(runtime, id);
  const types = (await historyOf(runtime, id)).map(({ type }) => type);
  equal(
    types.filter((type) => type.startsWith('snapshot')),
    [],
  );
});

test('[law 19] a run that a crash cut short has its end when the next one begins', async () => {
  const { id } = await start(runtime, world, 'hang', { worktree: true });
  await spoke(runtime, id);
  await taken(runtime, id, 1);
  await runtime.stop();
  const next = await world.open();
  const { worktree } = await rowOf(next, id);
  ok(worktree.path);
  equal((await next.work(id)).snapshots.map(lineOf), ['S1 run_start 1: 0 files +0 -0'], 'nothing is touched before');
  writeFileSync(join(worktree.path, 'left.txt'), 'left\n');
  await next.resume(id);
  const snapshots = await taken(next, id, 3);
  equal(snapshots.map(lineOf), [
    'S1 run_start 1: 0 files +0 -0',
    'S2 run_end 1: 1 files +1 -0',
    'S3 run_start 2: 0 files +0 -0',
  ]);
  await next.stop();
});

test('old ones go when a time is set, the last of a session stays, and what is gone is no more in its work', async () => {
  const runtime = await world.open();
  const { id } = await start(runtime, world, editing, { worktree: true });
  await ended(runtime, id);
  await taken(runtime, id, 2);
  await runtime.prompt(id, 'And now?');
  await ended(runtime, id);
  await taken(runtime, id, 4);
  await world.close();
  const { now } = Date;
  Date.now = () => now() + 10 * 24 * 60 * 60_000;
  try {
    const later = await world.open({ snapshots: { keepDays: 9 } });
    await until('they are dropped', async () => (await later.work(id)).snapshots.length === 1);
    equal(
      (await later.work(id)).snapshots.map(({ snapshot }) => snapshot),
      [4],
    );
    is((await later.work(id)).nextSnapshot, 5);
    await until(
      'git lets go of them',
      () => git(world.repository, 'ls-tree', '--name-only', `refs/throughline/snapshots/${id}`) === 'S4',
    );
  } finally {
    Date.now = now;
  }
});

test.run();
