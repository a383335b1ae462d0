import { execFileSync } from 'node:child_process';
import { symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, ok } from 'uvu/assert';
import type { SessionId } from '../../../../actors/protocol/facts/ids.ts';
import { newSession } from '../../../../actors/protocol/gateway/api.ts';
import type { BlameAnswer, BlamedLines } from '../../../../actors/protocol/gateway/origin-routes.ts';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  historyOf,
  type OpenRuntime,
  start,
} from '../../../support/world.ts';
import { commitAll, git, write } from '../../git/git-world.ts';

const test = suite('whose lines a file has', { timeLimitMs: 120_000 });
test.after(closeWorlds);

type LinesWorld = {
  readonly runtime: OpenRuntime;
  readonly repository: string;
  readonly id: SessionId;
  /** The session's worktree. */
  readonly path: string;
  /** Each block of a file in a few words: `1-2 agent run 1 edit S1>S2 commit`. */
  readonly told: (folder: string, path?: string) => Promise<readonly string[]>;
  readonly blame: (folder: string, line?: number, path?: string) => Promise<BlameAnswer>;
};

/** Run 1 writes `a` and `b`, then a person writes `hand`, run 2 writes `c` by a tool and `d` by a shell command. */
const linesWorld = async (afterFirst: (path: string) => void = () => {}): Promise<LinesWorld> => {
  const world = createWorld('lines');
  const { repository } = world;
  write(repository, 'list.txt', 'old\n');
  commitAll(repository, 'A list');
  const runtime = await world.open();
  const script = world.script(
    'lines',
    { steps: [{ do: 'edit', path: 'list.txt', append: 'a\nb\n' }] },
    {
      steps: [
        { do: 'edit', path: 'list.txt', append: 'c\n' },
        { do: 'run', command: 'echo d >> list.txt' },
      ],
    },
  );
  const { id } = await start(runtime, world, script, { worktree: true, prompt: 'Write a and b.' });
  const path = await snapshotted(runtime, id, 1);
  afterFirst(path);
  writeFileSync(join(path, 'list.txt'), 'hand\n', { flag: 'a' });
  await runtime.prompt(id, 'Now c and d.');
  await snapshotted(runtime, id, 2);
  const blame: LinesWorld['blame'] = (folder, line, file = 'list.txt') =>
    runtime.blame({ repository: folder, path: file, line });
  return {
    runtime,
    repository,
    id,
    path,
    blame,
    told: async (folder, file) => (await blame(folder, undefined, file)).blocks.map(inWords),
  };
};

/** Waits until so many runs have ended and are kept, and gives the worktree. */
const snapshotted = async (runtime: OpenRuntime, id: SessionId, runs: number): Promise<string> => {
  const { worktree } = await ended(runtime, id);
  await until('the end of the run is kept', async () => (await runtime.work(id)).snapshots.length === 2 * runs);
  return worktree.path ?? '';
};

const inWords = ({ from, to, by, run, event, between, commit }: BlamedLines): string =>
  [
    from === to ? from : `${from}-${to}`,
    by,
    ...(run === null ? [] : [`run ${run}`]),
    ...(event === null ? [] : ['step']),
    ...(between === null ? [] : [`S${between.from ?? ''}>S${between.to ?? ''}`]),
    ...(commit === null ? [] : ['committed']),
  ].join(' ');

const written = [
  '1 commit committed',
  '2-3 agent run 1 step S1>S2',
  '4 between_runs S2>S3',
  '5 agent run 2 step S3>S4',
  '6 agent run 2 S3>S4',
];
const committed = written.map((words) => (words.endsWith('committed') ? words : `${words} committed`));

test('lines that nobody has committed lead to run, prompt and step, or to what lies between two snapshots', async () => {
  const { runtime, id, path, told, blame } = await linesWorld();
  equal(await told(path), written);
  const { text, blocks } = await blame(path, 3);
  is(text, 'b');
  const [block] = blocks;
  is(block?.session?.id, id);
  is(block?.prompt?.text, 'Write a and b.');
  const step = (await historyOf(runtime, id)).find(({ position }) => position === block?.event?.position);
  is(step?.type, 'tool_call');
  is(step?.run, 1);

  writeFileSync(join(path, 'list.txt'), 'late\n', { flag: 'a' });
  equal((await told(path)).slice(-1), ['7 between_runs S4>S']);
  write(path, 'new.txt', 'nobody knows\n');
  equal(await told(path, 'new.txt'), ['1 between_runs S4>S']);
});

test('committed by the agent’s person and merged by hand, they lead to the same', async () => {
  const { repository, path, told } = await linesWorld();
  commitAll(path, 'All of it\n\nThroughline-Session: 00000000-0000-7000-8000-000000000000');
  git(repository, 'merge', '--quiet', git(path, 'rev-parse', 'HEAD'));
  equal(await told(repository), ['1 commit committed', '2-6 agent S>S committed'], 'a session that is not there');
  equal(await told(path), committed);
});

test('landed as one commit after the branch had moved on, and moved since, they lead to the same', async () => {
  const { repository, id, path, told, blame } = await linesWorld();
  commitAll(path, 'All of it');
  write(repository, 'list.txt', 'first\nold\n');
  commitAll(repository, 'Moved on');
  git(repository, 'merge', '--quiet', '--squash', git(path, 'rev-parse', 'HEAD'));
  git(repository, 'commit', '--quiet', '--message', `Squashed\n\nThroughline-Session: ${id}\n\nAnd more.`);
  write(repository, 'list.txt', 'zero\nfirst\nold\na\nb\nhand\nc\nd\n');
  commitAll(repository, 'Moved on again');
  equal(await told(repository), [
    '1 commit committed',
    '2 commit committed',
    '3 commit committed',
    '4-5 agent run 1 step S1>S2 committed',
    '6 between_runs S2>S3 committed',
    '7 agent run 2 step S3>S4 committed',
    '8 agent run 2 S3>S4 committed',
  ]);
  const [block] = (await blame(repository, 4)).blocks;
  is(block?.commit?.subject, 'Squashed');
  is(block?.commit?.line, 3);
  is(block?.session?.id, id);
});

test('the agent’s own commits lead to their run by the time and place they were made, and rebased by their name', async () => {
  const world = createWorld('commits');
  const { repository } = world;
  write(repository, 'list.txt', 'old\n');
  commitAll(repository, 'A list');
  const runtime = await world.open();
  const script = world.script('commits', {
    steps: [
      { do: 'edit', path: 'list.txt', append: 'a\n' },
      { do: 'run', command: 'git -c user.name=A -c user.email=a@b.c commit -qam "Its own"' },
    ],
  });
  const { id } = await start(runtime, world, script, { worktree: true });
  const path = await snapshotted(runtime, id, 1);
  git(repository, 'merge', '--quiet', git(path, 'rev-parse', 'HEAD'));
  const { blocks } = await runtime.blame({ repository, path: 'list.txt' });
  equal(blocks.map(inWords), ['1 commit committed', '2 agent run 1 step S1>S2 committed']);
});

test('what a merge brought into the session’s branch is not the session’s, and what was written before it still is', async () => {
  const { path, told } = await linesWorld((worktree) => {
    commitAll(worktree, 'As far as it is');
    git(worktree, 'checkout', '--quiet', '-b', 'others', 'main');
    write(worktree, 'list.txt', 'of others\nold\n');
    commitAll(worktree, 'Of others');
    git(worktree, 'checkout', '--quiet', '-');
    git(worktree, 'merge', '--quiet', '--no-edit', 'others');
  });
  equal(await told(path), [
    '1 commit committed',
    '2 commit committed',
    '3-4 agent run 1 step S1>S2 committed',
    '5 between_runs S2>S3',
    '6 agent run 2 step S3>S4',
    '7 agent run 2 S3>S4',
  ]);
});

test('a file in a folder, with quotes in its name, with CRLF, and one that looks like an option', async () => {
  const { path, told } = await linesWorld();
  write(path, 'de "ep/ü -- x.txt', 'one\n');
  write(path, '--contents=x', 'two\n');
  write(path, ':(top)x', 'three\n');
  commitAll(path, 'Names');
  equal(await told(path, 'de "ep/ü -- x.txt'), ['1 between_runs S4>S committed']);
  equal(await told(join(path, 'de "ep'), 'ü -- x.txt'), ['1 between_runs S4>S committed']);
  equal(await told(path, '--contents=x'), ['1 between_runs S4>S committed']);
  equal(await told(path, ':(top)x'), ['1 between_runs S4>S committed']);
  writeFileSync(join(path, 'list.txt'), 'old\r\na\r\nb\r\nhand\r\nc\r\nd\r\n');
  equal((await told(path)).slice(0, 2), ['1 commit committed', '2-3 agent run 1 step S1>S2 committed']);
});

test('a line that was written before the fork leads to the session that was forked, also when that is gone', async () => {
  const { runtime, repository, id, told, blame } = await linesWorld();
  const forked = await runtime.startSession(
    newSession.parse({
      prompt: 'Another way.',
      repository,
      agent: 'rehearsal:quick',
      worktree: true,
      forkOf: id,
      forkAt: { snapshot: 4 },
    }),
  );
  const path = await snapshotted(runtime, forked.id, 1);
  writeFileSync(join(path, 'list.txt'), 'of the fork\n', { flag: 'a' });
  equal(await told(path), [...written, '7 between_runs S2>S']);
  const [block] = (await blame(path, 3)).blocks;
  is(block?.session?.id, id);
  is(block?.prompt?.text, 'Write a and b.');
  const step = (await historyOf(runtime, id)).find(({ position }) => position === block?.event?.position);
  is(step?.run, 1);

  commitAll(path, `All of it\n\nThroughline-Session: ${forked.id}`);
  git(repository, 'merge', '--quiet', git(path, 'rev-parse', 'HEAD'));
  equal((await told(repository)).slice(0, 5), committed);

  await runtime.remove(id, { force: true });
  const gone = (await blame(path)).blocks.slice(1).map(({ session }) => [session?.id, session?.name]);
  equal(gone[0], [id, null]);
});

test('a name that moves the cursor or looks like a place, a link that leads out, and what git keeps for itself', async () => {
  const { path, told, blame } = await linesWorld();
  const name = '..\u001b[31m\n-L1:2 é';
  write(path, name, 'one\ntwo\n');
  commitAll(path, 'A name');
  equal(await told(path, name), ['1-2 between_runs S4>S committed']);
  symlinkSync('/etc/passwd', join(path, 'link'));
  symlinkSync('/etc', join(path, 'folder'));
  execFileSync('sh', ['-c', 'mkfifo pipe'], { cwd: path });
  for (const file of ['link', 'folder/passwd', 'folder', 'pipe', '.git', '.GIT/config', 'a\0b']) {
    is((await errorOf(blame(path, 1, file))).code, 'blame.no_line', file);
  }
  const repositoryOwn = path.replace(/\/[^/]*$/, '');
  is((await errorOf(blame(repositoryOwn, 1))).code, 'repository.not_git');
});

test('of a file of very many lines single ones are told of, and of one that is too large none', async () => {
  const { path, blame } = await linesWorld();
  write(path, 'long.txt', '\n'.repeat(100_001));
  const refused = await errorOf(blame(path, undefined, 'long.txt'));
  is(refused.code, 'blame.no_line');
  is(refused.hint, 'ask for one of them: FILE:LINE');
  is((await blame(path, 100_001, 'long.txt')).blocks[0]?.by, 'between_runs');
  truncateSync(join(path, 'long.txt'), 5 * 1024 * 1024);
  is((await errorOf(blame(path, 1, 'long.txt'))).code, 'blame.no_line');
});

test('no such line, no such file, and a path that leads out are said as such', async () => {
  const { path, blame } = await linesWorld();
  is((await errorOf(blame(path, 99))).code, 'blame.no_line');
  is((await errorOf(blame(path, 1, 'gone.txt'))).code, 'blame.no_line');
  is((await errorOf(blame(path, 1, '../../x'))).code, 'blame.no_line');
  is((await errorOf(blame(path, 1, '/etc/passwd'))).code, 'blame.no_line');
  ok((await blame(path, 1)).blocks.length === 1);
});

test.run();
