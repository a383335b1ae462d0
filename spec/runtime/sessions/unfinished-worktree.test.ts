import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { Sqlite } from '../../../actors/store/file/sqlite.ts';
import { marked } from '../../support/marked-processes.ts';
import { serve } from '../../support/served.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  git,
  request,
  rowOf,
  start,
  type World,
} from '../../support/world.ts';

const test = suite('a worktree whose making was cut short');
test.after(closeWorlds);

/** A git that comes first on PATH and takes its time in the midst of making a worktree, between branch and folder. */
const slowGit = (world: World): string => {
  const folder = join(dirname(world.directory.root), 'slow');
  mkdirSync(folder);
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh
case "$*" in
*"worktree add"*)
  for word in "$@"; do
    [ "$previous" = -b ] && branch=$word
    previous=$word
  done
  ${real} branch "$branch" "$previous"
  sleep 60 ;;
esac
exec ${real} "$@"
`,
  );
  chmodSync(join(folder, 'git'), 0o755);
  return folder;
};

test('a git that outlives its runtime is ended at the next start, and a resume makes the worktree anew', async () => {
  const world = createWorld('unfinished');
  const path = process.env.PATH;
  process.env.PATH = `${slowGit(world)}${delimiter}${path}`;
  const before = await serve(world.directory).finally(() => {
    process.env.PATH = path;
  });
  const starting = before.startSession(request(world, 'quick', { worktree: true }));
  starting.catch(() => {});
  await until('the branch is made', () => git(world.repository, 'branch', '--list', 'throughline/*') !== '', {
    everyMs: 200,
  });
  await before.kill();
  ok(marked(world.directory.root).length > 0, 'git lives on');

  const runtime = await serve(world.directory);
  const [row] = (await runtime.dashboard()).rows;
  ok(row);
  await runtime.resume(row.id as SessionId, 'Go on.');
  const after = await ended(runtime, row.id);
  is(after.status, 'Completed');
  equal(
    marked(world.directory.root).filter((pid) => !world.agents(row.id).includes(pid)),
    [],
  );
  ok(after.worktree.path);
  is(git(after.worktree.path, 'symbolic-ref', '--short', 'HEAD'), after.worktree.branch);
  is(await runtime.stop(), 0);
});

/** A session whose ledger does not have its worktree, as after a crash. */
const forgetWorktree = async (world: World): Promise<{ id: SessionId; path: string; branch: string }> => {
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'quick', { worktree: true });
  const { worktree } = await ended(runtime, id);
  await runtime.stop();
  const database = new Sqlite(world.directory.database);
  database.prepare('UPDATE sessions SET worktree_path = NULL').run();
  database.close();
  ok(worktree.path !== null && worktree.branch !== null);
  return { id, path: worktree.path, branch: worktree.branch };
};

test('a branch without a folder is taken over when nothing is on it', async () => {
  const world = createWorld('unfinished');
  const { id, path, branch } = await forgetWorktree(world);
  git(world.repository, 'worktree', 'remove', '--force', path);
  const runtime = await world.open();
  await runtime.resume(id, 'Go on.');
  is((await ended(runtime, id)).status, 'Completed');
  is((await rowOf(runtime, id)).worktree.path, path);
  is(git(path, 'symbolic-ref', '--short', 'HEAD'), branch);
  await world.close();
});

test('a folder that the repository has no record of is made anew', async () => {
  const world = createWorld('unfinished');
  const { id, path, branch } = await forgetWorktree(world);
  const record = join(world.repository, '.git/worktrees', id);
  ok(existsSync(record));
  execFileSync('rm', ['-r', record]);
  const runtime = await world.open();
  await runtime.resume(id, 'Go on.');
  is((await ended(runtime, id)).status, 'Completed');
  is(git(path, 'symbolic-ref', '--short', 'HEAD'), branch);
  await world.close();
});

test('a branch that somebody works on is left alone, and said to be in the way', async () => {
  const world = createWorld('unfinished');
  const { id, path, branch } = await forgetWorktree(world);
  git(world.repository, 'worktree', 'remove', '--force', path);
  git(world.repository, 'checkout', '--quiet', branch);
  const runtime = await world.open();
  is((await errorOf(runtime.resume(id, 'Go on.'))).code, 'worktree.exists');
  is((await rowOf(runtime, id)).status, 'Failed');
  is(git(world.repository, 'symbolic-ref', '--short', 'HEAD'), branch);
  git(world.repository, 'commit', '--quiet', '--allow-empty', '--message', 'work');
  const work = git(world.repository, 'rev-parse', branch);
  git(world.repository, 'checkout', '--quiet', '--detach');
  is((await errorOf(runtime.resume(id, 'Go on.'))).code, 'worktree.exists');
  is(git(world.repository, 'rev-parse', branch), work);
  await world.close();
});

test('a branch that somebody has checked out is refused before there is a session, and another one is taken up', async () => {
  const world = createWorld('unfinished');
  git(world.repository, 'branch', 'mine');
  const runtime = await world.open();
  const error = await errorOf(start(runtime, world, 'quick', { worktree: true, branch: 'main' }));
  is(error.code, 'worktree.exists');
  match(error.message, /main/);
  equal((await runtime.dashboard()).rows, []);
  const { id } = await start(runtime, world, 'quick', { worktree: true, branch: 'mine' });
  const { worktree } = await ended(runtime, id);
  is(worktree.branch, 'mine');
  await world.close();
});

test.run();
