/** Landings with a git before 2.38, which has no `merge-tree --write-tree`: the same answers, by a worktree made for it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { equal, is, ok } from 'uvu/assert';
import { mergeManyTrees, mergeTrees, type Pair } from '../../../../runtime/git/landing/merge-trees.ts';
import { personOf } from '../../../../runtime/git/landing/person.ts';
import { prepareLanding } from '../../../../runtime/git/landing/prepare-landing.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { withPath } from '../../../support/with-path.ts';
import { commitAll, git, write } from '../git-world.ts';
import { landingWorld } from './landing-world.ts';

const test = suite('landing with a git before 2.38');

/** A PATH whose git refuses `merge-tree --write-tree` as 2.30 does, by how many words follow, and passes all else through. */
const oldGit = (): { readonly path: string; readonly refused: () => number } => {
  const folder = temporaryFolder('old-git');
  const report = join(folder, 'refused');
  writeFileSync(report, '');
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh
case " $* " in
*" merge-tree --write-tree "*)
  echo x >> '${report}'
  while [ "$1" != merge-tree ]; do shift; done
  if [ $# -eq 4 ]; then echo 'fatal: unknown rev --write-tree' >&2; exit 128; fi
  echo 'usage: git merge-tree <base-tree> <branch1> <branch2>' >&2; exit 129 ;;
esac
exec ${real} "$@"
`,
  );
  chmodSync(join(folder, 'git'), 0o755);
  return {
    path: `${folder}${delimiter}${process.env.PATH}`,
    refused: () => readFileSync(report, 'utf8').length / 2,
  };
};

test('conflicts are foreseen, unrelated histories told, and what lands is the same commit for commit', async () => {
  const { root, repository, branch } = await landingWorld();
  const clean = branch('clean', () => write(root, 'new', 'new\n'));
  const ours = branch('ours', () => write(root, 'README.md', 'ours\n'));
  const theirs = branch('theirs', () => write(root, 'README.md', 'theirs\n'));
  git(root, 'checkout', '--quiet', '--orphan', 'elsewhere');
  const orphan = commitAll(root, 'elsewhere');
  git(root, 'checkout', '--quiet', 'main');
  write(root, 'moved-on', 'x\n');
  const onto = commitAll(root, 'main moves on');
  const pairs: readonly Pair[] = [
    { ours: onto, theirs: clean },
    { ours, theirs },
    { ours, theirs: orphan },
    { ours, theirs: clean, base: `${onto}^{tree}` },
  ];
  const landing = async (way: 'squash' | 'merge' | 'rebase') => {
    const prepared = await prepareLanding({
      repository,
      person: await personOf(repository),
      way,
      onto,
      head: clean,
      tree: git(root, 'rev-parse', `${clean}^{tree}`),
      landedBefore: null,
      message: 'clean\n',
      trailers: [],
    });
    ok(prepared.kind === 'prepared', prepared.kind);
    return git(root, 'rev-parse', `${prepared.commit}^{tree}`);
  };
  const all = async () => [await landing('squash'), await landing('merge'), await landing('rebase')];
  const withoutTree = async () =>
    (await mergeManyTrees(repository, pairs)).map((merge) =>
      merge?.kind === 'conflicts' ? { files: merge.files, kinds: merge.conflicts.map(({ kind }) => kind) } : merge,
    );
  const newer = [await withoutTree(), await all()];
  const old = oldGit();
  const older = await withPath(old.path, async () => [await withoutTree(), await all()]);
  equal(older, newer);
  ok(old.refused() > 3, 'it was asked');
  is(await withPath(old.path, async () => (await mergeTrees(repository, { ours, theirs })).kind), 'conflicts');
  is(git(root, 'worktree', 'list').split('\n').length, 1, 'nothing is left of the worktrees');
  is(git(root, 'status', '--porcelain'), '');
});

test.run();
