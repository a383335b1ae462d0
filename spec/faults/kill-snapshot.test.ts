/** A snapshot whose git is killed at its system calls, one after the other: the next one is whole, and nothing is broken. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { equal, is, ok } from 'uvu/assert';
import { ThroughlineError } from '../../actors/protocol/facts/error.ts';
import { openWorktree } from '../../runtime/git/open-worktree.ts';
import { keepTree } from '../../runtime/git/snapshots/kept-trees.ts';
import { takeTree } from '../../runtime/git/snapshots/take-tree.ts';
import { git, write } from '../runtime/git/git-world.ts';
import { snapshotWorld, treeByGit } from '../runtime/git/snapshots/snapshot-world.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { isLong, say, stride } from './support/form.ts';
import { lackOfStrace } from './support/strace.ts';

const test = suite('a snapshot that is killed', { timeLimitMs: (isLong ? 60 : 10) * 60_000 });

const session = '01a22dd3-7020-75b6-9b3b-8e953a2fd905';
const commands = ['update-index', 'write-tree', 'mktree', 'update-ref', 'hash-object'];
const calls = ['rename', 'link', 'unlink', 'openat', 'write'];

/** A PATH whose git is killed at such a call of such a command, wherever it comes to that, and what says whether it did. */
const killingGit = (command: string, call: string, when: number): { path: string; killed: () => boolean } => {
  const folder = temporaryFolder('killing-git');
  const report = join(folder, 'killed');
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const strace = `strace -f -qq -o /dev/null -e trace=${call} -e inject=${call}:signal=KILL:when=${when}`;
  writeFileSync(
    join(folder, 'git'),
    `#!/bin/sh
case " $* " in
*" ${command} "*)
  ${strace} ${real} "$@"
  code=$?
  [ $code -gt 128 ] && echo $code >> '${report}'
  exit $code ;;
esac
exec ${real} "$@"
`,
  );
  chmodSync(join(folder, 'git'), 0o755);
  return {
    path: `${folder}${delimiter}${process.env.PATH}`,
    // 137: by SIGKILL. Git's own failures give 128.
    killed: () => existsSync(report) && readFileSync(report, 'utf8').includes('137'),
  };
};

for (const command of commands) {
  test.unless(lackOfStrace, `[law 21] ${command} killed at any of its calls: the next snapshot is whole`, async () => {
    let kills = 0;
    for (const call of calls) {
      for (let when = 1; ; when += stride(when, 2)) {
        const world = await snapshotWorld();
        const take = async (snapshot: number) =>
          takeTree({
            worktree: await openWorktree(world),
            indexFolder: world.indexFolder,
            maxFileBytes: 1_000,
            keep: ({ tree, head }) => keepTree({ ...world, session, snapshot, tree, head, headBefore: null }),
          });
        const { tree: before } = await take(1);
        for (let number = 0; number < 3; number += 1) write(world.path, `new ${number}`, `${number}\n`);
        write(world.path, 'big', 'x'.repeat(2_000));
        rmSync(join(world.path, 'README.md'));
        const agents = git(world.path, 'ls-files', '--stage');

        const killing = killingGit(command, call, when);
        const { PATH } = process.env;
        process.env.PATH = killing.path;
        const place = `${command} killed at ${call} ${when}`;
        try {
          await take(2).catch((thrown) => {
            ok(thrown instanceof ThroughlineError && thrown.code === 'snapshot.failed', `${place}: ${String(thrown)}`);
          });
        } finally {
          process.env.PATH = PATH;
        }
        is(git(world.root, 'rev-parse', `refs/throughline/snapshots/${session}:S1`), before, place);

        const { tree, pointers } = await take(2);
        equal(
          pointers.map(({ path }) => path),
          ['big'],
          place,
        );
        rmSync(join(world.path, 'big'));
        is((await take(3)).tree, treeByGit(world), place);
        is(git(world.root, 'rev-parse', `refs/throughline/snapshots/${session}:S2`), tree, place);
        is(git(world.path, 'ls-files', '--stage'), agents, place);
        git(world.root, 'fsck', '--strict');
        git(world.root, 'gc', '--quiet', '--prune=now');
        is(git(world.root, 'show', `${tree}:new 2`), '2', place);
        const isOver = !killing.killed();
        rmSync(world.folder, { recursive: true, force: true });
        if (isOver) break;
        kills += 1;
      }
    }
    ok(kills > 0, `${command} makes none of these calls`);
    say(`snapshot: ${command} killed at ${kills} of its calls: every next one whole`);
  });
}

test.run();
