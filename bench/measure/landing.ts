/** What landing costs: sessions rebased and fast-forwarded one after the other, by us and by git's own commands by hand. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lookAtCheckout, moveWithCheckout } from '../../runtime/git/landing/follow-checkout.ts';
import { commitAt } from '../../runtime/git/landing/move-branch.ts';
import { personOf } from '../../runtime/git/landing/person.ts';
import { prepareLanding } from '../../runtime/git/landing/prepare-landing.ts';
import { inspectRepository } from '../../runtime/git/repository.ts';
import { type Measure, times } from '../bench.ts';
import { nowMs } from '../clock.ts';
import { figure } from '../figure.ts';
import { ratios } from '../statistics.ts';

const files = 5_000;
const sessions = 20;
const changedFiles = 10;

const git = (cwd: string, ...words: readonly string[]): string =>
  execFileSync('git', ['-c', 'gc.auto=0', ...words], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

const branchOf = (session: number): string => `session-${session}`;

/** A repository with main checked out, and branches that all began at its first commit and changed files of their own. */
const makeRepository = (folder: string): string => {
  const root = join(folder, 'repository');
  mkdirSync(root);
  git(root, 'init', '--quiet', '--initial-branch=main');
  git(root, 'config', 'user.name', 'Ada');
  git(root, 'config', 'user.email', 'ada@example.org');
  for (const file of times(files)) {
    const parent = join(root, `folder-${file % 100}`);
    mkdirSync(parent, { recursive: true });
    writeFileSync(join(parent, `file-${file}.txt`), `line\n`.repeat(20));
  }
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '-m', 'begin');
  for (const session of times(sessions)) {
    git(root, 'checkout', '--quiet', '-b', branchOf(session), 'main');
    for (const each of times(changedFiles)) {
      const file = session * changedFiles + each;
      writeFileSync(join(root, `folder-${file % 100}`, `file-${file}.txt`), `changed by ${session}\n`.repeat(20));
    }
    git(root, 'commit', '--quiet', '--all', '-m', branchOf(session));
  }
  git(root, 'checkout', '--quiet', 'main');
  return root;
};

/** As a person does it: in one standing worktree, and then a fast-forward where main is checked out. */
const byHandMs = (root: string, worktree: string): number => {
  git(root, 'worktree', 'add', '--quiet', '--detach', worktree, 'main');
  const from = nowMs();
  for (const session of times(sessions)) {
    git(worktree, 'rebase', '--quiet', 'main', branchOf(session));
    git(root, 'merge', '--quiet', '--ff-only', branchOf(session));
  }
  return nowMs() - from;
};

const byUsMs = async (root: string): Promise<number> => {
  const repository = await inspectRepository(root);
  const heads = times(sessions).map((session) => git(root, 'rev-parse', branchOf(session)));
  const from = nowMs();
  for (const head of heads) {
    const onto = await commitAt(repository, 'refs/heads/main');
    if (onto === null) throw new Error('there is no main');
    const prepared = await prepareLanding({
      repository,
      person: await personOf(repository),
      way: 'rebase',
      onto,
      head,
      tree: git(root, 'rev-parse', `${head}^{tree}`),
      landedBefore: null,
      message: 'what is not committed',
      trailers: [],
    });
    if (prepared.kind !== 'prepared') throw new Error(prepared.kind);
    const move = { repository, branch: 'main', from: onto, to: prepared.commit };
    const looked = await lookAtCheckout(move);
    const moved = await moveWithCheckout({ ...move, looked, why: 'land' });
    if (moved.kind !== 'moved') throw new Error(moved.kind);
  }
  return nowMs() - from;
};

export const measureLanding: Measure = async (bench) => {
  bench.say(`landing: ${sessions} sessions onto a branch of ${files} files, by us and by hand`);
  const [ours, byHand]: [number[], number[]] = [[], []];
  for (const pair of times(bench.pairs)) {
    const folder = bench.folder(`landing-${pair}`);
    mkdirSync(join(folder, 'ours'));
    mkdirSync(join(folder, 'hand'));
    const [root, other] = [makeRepository(join(folder, 'ours')), makeRepository(join(folder, 'hand'))];
    ours.push(await byUsMs(root));
    byHand.push(byHandMs(other, join(folder, 'worktree')));
    const trees = [root, other].map((each) => git(each, 'rev-parse', 'main^{tree}'));
    if (trees[0] !== trees[1]) throw new Error('the trees differ');
  }
  return [
    figure({
      name: 'land.vs_git',
      says: `rebase and fast-forward of ${sessions} sessions, divided by the same with git by hand in a worktree`,
      values: ratios(ours, byHand),
      goal: { atMost: 1.5 },
      details: { oursMs: ours, byHandMs: byHand },
    }),
  ];
};
