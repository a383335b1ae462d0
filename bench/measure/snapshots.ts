/** What a snapshot of a large worktree costs, against the `git status` that a person or an agent asks for there. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyToWork, noSessionWork } from '../../actors/model/work/session-work.ts';
import { toOrdinal, toPosition, toSessionId } from '../../actors/protocol/facts/ids.ts';
import { parseSettings } from '../../runtime/data/configuration.ts';
import { openLog } from '../../runtime/data/log.ts';
import { createWorktree } from '../../runtime/git/create-worktree.ts';
import { inspectRepository } from '../../runtime/git/repository.ts';
import { createSnapshots } from '../../runtime/work/snapshots.ts';
import { type Measure, times } from '../bench.ts';
import { nowMs } from '../clock.ts';
import { figure } from '../figure.ts';
import { ratios } from '../statistics.ts';

const files = Number(process.env.THROUGHLINE_BENCH_FILES ?? 50_000);
const filesAFolder = 100;
const changedFiles = 10;

const git = (cwd: string, ...words: readonly string[]): void => {
  const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
  execFileSync('git', [...identity, ...words], { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
};

const pathOf = (file: number): string => join(`folder-${Math.floor(file / filesAFolder)}`, `file-${file}.txt`);

const makeRepository = (root: string): void => {
  git(root, 'init', '--quiet', '--initial-branch=main');
  for (const file of times(files)) {
    if (file % filesAFolder === 0) mkdirSync(join(root, `folder-${file / filesAFolder}`));
    writeFileSync(join(root, pathOf(file)), `${file}\n`.repeat(20));
  }
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--message', 'first');
};

const elapsedMs = async (body: () => unknown): Promise<number> => {
  const from = nowMs();
  await body();
  return nowMs() - from;
};

export const measureSnapshots: Measure = async (bench) => {
  const folder = bench.folder('snapshots');
  const root = join(folder, 'repository');
  mkdirSync(root);
  bench.say(`snapshot: a repository of ${files} files`);
  makeRepository(root);
  const repository = await inspectRepository(root);
  const path = join(folder, 'worktree');
  const baseCommit = repository.headCommit;
  await createWorktree({ repository, path, branch: 'session', baseCommit });

  const id = toSessionId('01a22dd3-7020-75b6-9b3b-8e953a2fd905');
  let work = noSessionWork;
  let position = 0;
  const snapshots = createSnapshots({
    readers: {
      handle: async () => ({ id, state: { repository: root, usesWorktree: true, worktreePath: path, baseCommit } }),
      work: async () => work,
    },
    record: async (_id, next) => {
      position += 1;
      work = applyToWork(work, { position: toPosition(position), ordinal: toOrdinal(0) }, next);
    },
    folder: join(folder, 'indexes'),
    limits: parseSettings({}).snapshots,
    mark: 'bench',
    mayTake: async () => {},
    log: openLog({ path: null }),
  });

  const change = (round: number): void => {
    for (const file of times(changedFiles)) {
      writeFileSync(join(path, pathOf((round * 997 + file * 4_999) % files)), `changed in round ${round}\n`);
    }
  };
  const status = (): void => git(path, 'status', '--porcelain');

  // The first of both reads every file.
  status();
  await snapshots.take(id, 'asked', null);
  const snapshotMs: number[] = [];
  const statusMs: number[] = [];
  const afterStatusMs: number[] = [];
  for (const round of times(bench.pairs)) {
    bench.say(`snapshot: round ${round + 1} of ${bench.pairs}`);
    change(2 * round + 1);
    snapshotMs.push(await elapsedMs(() => snapshots.take(id, 'run_end', 2 * round + 1)));
    statusMs.push(await elapsedMs(status));
    // `git status` has written the worktree's index, so that ours is made anew.
    change(2 * round + 2);
    afterStatusMs.push(await elapsedMs(() => snapshots.take(id, 'run_end', 2 * round + 2)));
  }
  return [
    figure({
      name: 'snapshot.vs_status',
      says: `a snapshot of ${files} files with ${changedFiles} changed, divided by git status there`,
      values: ratios(snapshotMs, statusMs),
      goal: { atMost: 2 },
      details: { snapshotMs, statusMs },
    }),
    figure({
      name: 'snapshot.after_status.vs_status',
      says: 'the same where the worktree’s index was written since the snapshot before',
      values: ratios(afterStatusMs, statusMs),
      details: { snapshotMs: afterStatusMs },
    }),
  ];
};
