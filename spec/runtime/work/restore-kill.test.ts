/** The runtime killed at each step of a restore, and at each of a worktree made anew; the next start goes on from there. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { restoreRequest } from '../../../actors/protocol/gateway/snapshot-routes.ts';
import type { SessionWork } from '../../../actors/protocol/gateway/work.ts';
import type { Runtime } from '../../../runtime/surface.ts';
import { holdGit } from '../../support/held-git.ts';
import { serve } from '../../support/served.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  git,
  happened,
  historyOf,
  request,
  rowOf,
  start,
  type World,
} from '../../support/world.ts';

const test = suite('a restore that is cut short', { timeLimitMs: 300_000 });
test.after(closeWorlds);

const editing = (world: World): string =>
  world.script(
    'editing',
    { steps: [{ do: 'edit', path: 'one.txt', text: 'one\n' }] },
    { steps: [{ do: 'run', command: 'echo two > one.txt; echo new > two.txt; rm README.md' }] },
    { steps: [{ do: 'say', text: 'I was told: {{prompt}}', everyMs: 0 }] },
  );

const taken = (of: Pick<Runtime, 'work'>, id: SessionId, count: number): Promise<SessionWork> =>
  until(`${count} snapshots are taken`, async () => {
    const work = await of.work(id);
    return work.snapshots.length >= count && work;
  });

const withGit = async <Value>(path: string, body: () => Promise<Value>): Promise<Value> => {
  const before = process.env.PATH;
  process.env.PATH = path;
  try {
    return await body();
  } finally {
    process.env.PATH = before;
  }
};

/** A session after two runs, made by a runtime that is stopped again. */
const prepared = async (name: string) => {
  const world = createWorld(name);
  const runtime = await world.open();
  const { id } = await start(runtime, world, editing(world), { worktree: true });
  const { worktree } = await ended(runtime, id);
  await taken(runtime, id, 2);
  await runtime.prompt(id, 'Change it.');
  await ended(runtime, id);
  await taken(runtime, id, 4);
  await world.close();
  ok(worktree.path);
  return { world, id, path: worktree.path };
};

const undo = restoreRequest.parse({ to: 'before-run:2', kind: 'undo' });

/** Where it is killed: at which command of git, and on which side of it. */
const places = [
  ['update-ref -- refs/throughline/held', 'before'],
  ['update-ref -- refs/throughline/discarded', 'before'],
  ['update-ref -- refs/throughline/discarded', 'after'],
  ['read-tree -m -u', 'before'],
  ['read-tree -m -u', 'after'],
  ['update-ref -d -- refs/throughline/held', 'before'],
] as const;

for (const [call, when] of places) {
  test(`[law 21] killed ${when} git ${call}, it is whole at the next start, or was never begun`, async () => {
    const { world, id, path } = await prepared('restore-kill');
    const held = holdGit([call], when);
    const runtime = await withGit(held.path, () => serve(world.directory));
    const restoring = runtime.restore(id, undo);
    restoring.catch(() => {});
    match(await held.stopped(), call);
    // Half of its files are there, as when git itself is killed.
    if (call.startsWith('read-tree') && when === 'before') writeFileSync(join(path, 'one.txt'), 'one\n');
    await runtime.kill();
    const next = await serve(world.directory);
    const work = await until('nothing is under way', async () => {
      const found = await next.work(id);
      return found.restores.every(({ state }) => state !== 'under_way') && found;
    });
    is((await rowOf(next, id)).work.restoring, false);
    const isUndone = work.restores.length > 0;
    is(isUndone, !call.includes('--') || call.includes('discarded') || call.includes(' -d '), call);
    equal(
      [existsSync(join(path, 'two.txt')), existsSync(join(path, 'README.md'))],
      isUndone ? [false, true] : [true, false],
    );
    if (isUndone) {
      is(work.restores.at(-1)?.state, 'finished');
      await next.restore(id, restoreRequest.parse({ to: work.restores.at(-1)?.from, kind: 'undo' }));
      is(readFileSync(join(path, 'two.txt'), 'utf8'), 'new\n');
    }
    is((await next.verify()).ok, true);
    is(await next.stop(), 0);
  });
}

for (const [call, when] of [
  ['worktree add', 'before'],
  ['read-tree --reset', 'before'],
  ['read-tree --reset', 'after'],
] as const) {
  test(`[law 19] a worktree that is gone is made anew on resume, also when killed ${when} git ${call}`, async () => {
    const { world, id, path } = await prepared('recovery-kill');
    writeFileSync(join(path, 'mine.txt'), 'mine\n');
    const first = await world.open();
    await first.previewRestore(id, undo);
    await world.close();
    rmSync(path, { recursive: true });
    if (call === 'worktree add') git(world.repository, 'worktree', 'prune', '--expire=now');
    const held = holdGit([call], when);
    const runtime = await withGit(held.path, () => serve(world.directory));
    const resuming = runtime.prompt(id, 'Go on.');
    resuming.catch(() => {});
    match(await held.stopped(), call);
    await runtime.kill();
    const next = await serve(world.directory);
    await until('nothing is under way', async () => !(await rowOf(next, id)).work.restoring);
    const row = await rowOf(next, id);
    if (row.activeRunId !== null) await next.interrupt(id);
    await next.prompt(id, 'Go on.');
    await ended(next, id);
    equal(
      ['one.txt', 'two.txt', 'mine.txt'].map((file) => readFileSync(join(path, file), 'utf8')),
      ['two\n', 'new\n', 'mine\n'],
    );
    is(existsSync(join(path, 'README.md')), false);
    is(git(path, 'status', '--porcelain', '-uall'), ' D README.md\n?? mine.txt\n?? one.txt\n?? two.txt');
    const recovered = (await historyOf(next, id)).filter(({ type }) => type === 'worktree_recovered');
    ok(recovered.length >= 1);
    is((await next.verify()).ok, true);
    is(await next.stop(), 0);
  });
}

test('[law 22] a moved data directory and a moved repository are found again, and go on where they are', async () => {
  const { world, id, path } = await prepared('moved');
  writeFileSync(join(path, 'mine.txt'), 'mine\n');
  const folder = join(world.directory.root, '..');
  const elsewhere = join(folder, 'elsewhere');
  mkdirSync(elsewhere);
  const root = join(elsewhere, 'data');
  renameSync(world.directory.root, root);
  renameSync(world.repository, join(elsewhere, 'greetings'));
  const { openDataDirectory } = await import('../../../runtime/data/data-directory.ts');
  const next = await serve(openDataDirectory(root));
  await next.prompt(id, 'Go on.');
  const row = await ended(next, id);
  is(row.status, 'Completed');
  equal([row.worktree.path, row.repository], [join(root, 'worktrees', id), join(elsewhere, 'greetings')]);
  is(readFileSync(join(root, 'worktrees', id, 'mine.txt'), 'utf8'), 'mine\n');
  is((await next.restore(id, undo)).files, 3);
  git(join(elsewhere, 'greetings'), 'worktree', 'prune', '--expire=now');
  ok(git(join(elsewhere, 'greetings'), 'worktree', 'list').includes(root));
  is((await next.verify()).ok, true);
  is(await next.stop(), 0);
});

test('[law 19] a fork begins with the files of a snapshot, committed or not, and is told what was said up to there', async () => {
  const { world, id, path } = await prepared('fork');
  const runtime = await world.open();
  git(path, 'add', '--all');
  git(path, 'commit', '--quiet', '--message', 'of run 2');
  const telling = world.script('telling', { steps: [{ do: 'say', text: 'I was told: {{prompt}}', everyMs: 0 }] });
  const fork = await runtime.startSession(
    request(world, telling, { worktree: true, forkOf: id, forkAt: { snapshot: 2 }, prompt: 'Another way.' }),
  );
  const { worktree, status } = await ended(runtime, fork.id);
  is(status, 'Completed');
  ok(worktree.path && worktree.path !== path);
  equal(
    [existsSync(join(worktree.path, 'README.md')), readFileSync(join(worktree.path, 'one.txt'), 'utf8')],
    [true, 'one\n'],
  );
  is(git(worktree.path, 'status', '--porcelain', '-uall'), '?? one.txt');
  const told = await happened(runtime, fork.id, 'it is told', ({ type }) => type === 'recap');
  ok(JSON.stringify(told.payload).includes('Do it.'), 'what was asked before');
  is(JSON.stringify(told.payload).includes('Change it.'), false, 'what was asked after is not');
  is(git(world.repository, 'for-each-ref', 'refs/throughline/held'), '');
  const twice = await errorOf(
    runtime.startSession(request(world, telling, { worktree: true, forkOf: id, forkAt: { snapshot: 77 } })),
  );
  is(twice.code, 'snapshot.not_found');
  is((await runtime.verify()).ok, true);
  await world.close();
});

test.run();
