/** What a snapshot costs in processes of git, which is most of what it costs in a repository of usual size. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { equal, is, ok } from 'uvu/assert';
import { applyToWork, noSessionWork } from '../../../actors/model/work/session-work.ts';
import { toOrdinal, toPosition, toSessionId } from '../../../actors/protocol/facts/ids.ts';
import { parseSettings } from '../../../runtime/data/configuration.ts';
import { openLog } from '../../../runtime/data/log.ts';
import { createKnownRepositories } from '../../../runtime/git/known-repositories.ts';
import { createSnapshots } from '../../../runtime/work/snapshots.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { commitAll, errorOf, git, makeRepository, worldWithWorktree, write } from '../git/git-world.ts';

const test = suite('processes of a snapshot', { timeLimitMs: 60_000 });

const calls = join(temporaryFolder('counted-git'), 'calls');

/** The commands of git that a piece of work runs, in their order. */
const commandsOf = async (body: () => Promise<unknown>): Promise<readonly string[]> => {
  writeFileSync(calls, '');
  await body();
  // What stands before the command are settings, each after a `-c`.
  return readFileSync(calls, 'utf8')
    .split('\n')
    .flatMap((call) => / (?:-c \S*=\S* )+([a-z][a-z-]+)/.exec(` ${call}`)?.[1] ?? []);
};

const countGit = (): (() => void) => {
  const folder = temporaryFolder('counting-git');
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  writeFileSync(join(folder, 'git'), `#!/bin/sh\nprintf '%s\\n' "$*" >> '${calls}'\nexec '${real}' "$@"\n`);
  chmodSync(join(folder, 'git'), 0o755);
  const { PATH } = process.env;
  process.env.PATH = `${folder}${delimiter}${PATH}`;
  return () => {
    process.env.PATH = PATH;
  };
};

test('a snapshot in a repository that is known runs ten, and one of nothing new five', async () => {
  const world = await worldWithWorktree();
  const id = toSessionId('01a22dd3-7020-75b6-9b3b-8e953a2fd905');
  let work = noSessionWork;
  const snapshots = createSnapshots({
    readers: {
      handle: async () => ({
        id,
        state: { repository: world.root, usesWorktree: true, worktreePath: world.path, baseCommit: world.base },
      }),
      work: async () => work,
    },
    record: async (_id, next) => {
      work = applyToWork(work, { position: toPosition(work.nextSnapshot), ordinal: toOrdinal(0) }, next);
    },
    folder: join(world.folder, 'indexes'),
    limits: parseSettings({}).snapshots,
    mark: 'counted',
    mayTake: async () => {},
    log: openLog({ path: null }),
  });
  const stop = countGit();
  try {
    await snapshots.take(id, 'run_start', 1);
    write(world.path, 'source/a.txt', 'changed\n');
    const commands = await commandsOf(() => snapshots.take(id, 'run_end', 1));
    equal([...commands].sort(), [
      ...['cat-file', 'config', 'diff-files', 'diff-tree', 'ls-files', 'mktree', 'rev-parse'],
      ...['update-index', 'update-ref', 'write-tree'],
    ]);
    is(work.snapshots.at(-1)?.files, 1);
    const ofNothingNew = await commandsOf(() => snapshots.take(id, 'asked', null));
    equal([...ofNothingNew].sort(), ['config', 'diff-files', 'ls-files', 'rev-parse', 'write-tree']);
  } finally {
    stop();
    await snapshots.close();
  }
});

test('a repository that is known is inspected again once it is another, or its configuration was written', async () => {
  const root = makeRepository();
  const { find } = createKnownRepositories();
  const stop = countGit();
  const isInspected = async (): Promise<boolean> => (await commandsOf(() => find(root))).length > 0;
  try {
    ok(await isInspected());
    write(root, 'README.md', 'changed\n');
    commitAll(root, 'second');
    is(await isInspected(), false);
    git(root, 'config', 'user.name', 'Ada');
    ok(await isInspected());
    is(await isInspected(), false);
    renameSync(join(root, '.git'), join(root, 'git'));
    is((await errorOf(() => find(root))).code, 'repository.not_git');
    execFileSync('cp', ['-R', join(root, 'git'), join(root, '.git')]);
    ok(await isInspected());
    is(await isInspected(), false);
    const elsewhere = join(temporaryFolder('elsewhere'), 'files');
    mkdirSync(elsewhere);
    git(root, 'config', 'core.worktree', elsewhere);
    is((await errorOf(() => find(root))).code, 'repository.not_git');
    is((await errorOf(() => find(root))).code, 'repository.not_git');
  } finally {
    stop();
  }
});

test.run();
