import { join } from 'node:path';
import { equal, is, match, ok } from 'uvu/assert';
import { personOf } from '../../../../runtime/git/landing/person.ts';
import { type LandingToPrepare, prepareLanding } from '../../../../runtime/git/landing/prepare-landing.ts';
import { withTrailers } from '../../../../runtime/git/landing/trailers.ts';
import { suite } from '../../../support/suite.ts';
import { commitAll, errorOf, git, makeTrap, write } from '../git-world.ts';
import { type LandingWorld, landingWorld } from './landing-world.ts';

const test = suite('landings prepared in memory');

const treeOf = (root: string, commit: string): string => git(root, 'rev-parse', `${commit}^{tree}`);

const prepare = async (world: LandingWorld, head: string, more: Partial<LandingToPrepare> = {}) =>
  prepareLanding({
    repository: world.repository,
    person: await personOf(world.repository),
    way: 'squash',
    onto: git(world.root, 'rev-parse', 'main'),
    head,
    tree: treeOf(world.root, head),
    landedBefore: null,
    message: 'What is to land',
    trailers: ['Throughline-Session: one'],
    ...more,
  });

const prepared = async (...given: Parameters<typeof prepare>): Promise<string> => {
  const made = await prepare(...given);
  ok(made.kind === 'prepared', made.kind);
  return made.commit;
};

/** Two commits of a session, and a base that has moved on. */
const movedBase = async (): Promise<LandingWorld & { readonly head: string }> => {
  const world = await landingWorld();
  const { root, branch } = world;
  const first = branch('one', () => write(root, 'one', '1\n'));
  git(root, 'checkout', '--quiet', '--detach', first);
  write(root, 'two', '2\n');
  git(root, 'add', '.');
  git(
    root,
    'commit',
    '--quiet',
    '--author',
    'An Agent <agent@example.org>',
    '--date',
    '@1700000000 +0200',
    '-m',
    'two\n\nWords.',
  );
  const head = git(root, 'rev-parse', 'HEAD');
  git(root, 'branch', '--force', 'one', head);
  git(root, 'checkout', '--quiet', 'main');
  write(root, 'other', 'main went on\n');
  commitAll(root, 'main went on');
  return { ...world, head };
};

test('a squash is one commit on the branch, by the person, with the trailers at its end', async () => {
  const world = await movedBase();
  const commit = await prepared(world, world.head);
  is(git(world.root, 'rev-parse', `${commit}^`), git(world.root, 'rev-parse', 'main'));
  is(git(world.root, 'log', '-1', '--format=%an <%ae> %cn', commit), 'Ada Byron <ada@example.org> Ada Byron');
  is(git(world.root, 'log', '-1', '--format=%B', commit), 'What is to land\n\nThroughline-Session: one');
  git(world.root, 'merge', '--quiet', '--squash', 'one');
  is(treeOf(world.root, commit), git(world.root, 'write-tree'));
});

test('a rebase keeps authors, dates and words, gives the tree that git gives, and drops what is there already', async () => {
  const world = await movedBase();
  const { root } = world;
  git(root, 'cherry-pick', 'one^');
  const made = await prepare(world, world.head, { way: 'rebase' });
  ok(made.kind === 'prepared');
  is(made.commits, 1);
  is(
    git(root, 'log', '-1', '--format=%an %ae %ad %cn', '--date=raw', made.commit),
    'An Agent agent@example.org 1700000000 +0200 Ada Byron',
  );
  is(git(root, 'log', '-1', '--format=%B', made.commit), 'two\n\nWords.\n\nThroughline-Session: one');
  git(root, 'checkout', '--quiet', 'one');
  git(root, 'rebase', '--quiet', 'main');
  is(treeOf(root, made.commit), treeOf(root, 'one'));
  equal(await prepare(world, git(root, 'rev-parse', 'one~1'), { way: 'rebase' }), { kind: 'nothing' });
});

test('a merge has both parents, and is made also where the branch could be fast-forwarded', async () => {
  const world = await landingWorld();
  const head = world.branch('one', () => write(world.root, 'one', '1\n'));
  const commit = await prepared(world, head, { way: 'merge' });
  equal(git(world.root, 'log', '-1', '--format=%P', commit).split(' '), [git(world.root, 'rev-parse', 'main'), head]);
});

test('what is not committed lands with it, in each way', async () => {
  for (const way of ['squash', 'merge', 'rebase'] as const) {
    const world = await movedBase();
    const { root } = world;
    const before = git(root, 'rev-parse', 'one');
    git(root, 'checkout', '--quiet', 'one');
    write(root, 'three', '3\n');
    git(root, 'add', '.');
    const tree = git(root, 'write-tree');
    git(root, 'reset', '--quiet', '--hard');
    git(root, 'checkout', '--quiet', 'main');
    const commit = await prepared(world, world.head, { way, tree });
    is(git(root, 'show', `${commit}:three`), '3');
    is(git(root, 'show', `${commit}:other`), 'main went on');
    is(git(root, 'rev-parse', 'one'), before, "the session's own branch stays");
  }
});

test('merges that hold something of their own are not rebased; those that hold nothing are', async () => {
  const world = await movedBase();
  const { root } = world;
  git(root, 'checkout', '--quiet', 'one');
  git(root, 'merge', '--quiet', '--no-edit', 'main');
  const plain = git(root, 'rev-parse', 'one');
  write(root, 'slipped', 'into a merge\n');
  git(root, 'add', '.');
  git(root, 'commit', '--quiet', '--amend', '--no-edit');
  const evil = git(root, 'rev-parse', 'one');
  git(root, 'checkout', '--quiet', 'main');
  is((await prepare(world, plain, { way: 'rebase' })).kind, 'prepared');
  equal(await prepare(world, evil, { way: 'rebase' }), { kind: 'unfit' });
  is(treeOf(root, await prepared(world, evil)), treeOf(root, evil));
});

test('what a merge of the session has solved is no conflict of its rebase once more: it is not rebased', async () => {
  const world = await landingWorld();
  const { root, branch } = world;
  branch('one', () => write(root, 'README.md', 'one\n'));
  write(root, 'README.md', 'main\n');
  commitAll(root, 'main went on');
  git(root, 'checkout', '--quiet', 'one');
  git(root, 'merge', '--quiet', '--no-edit', '--strategy-option', 'ours', 'main');
  const head = git(root, 'rev-parse', 'one');
  git(root, 'checkout', '--quiet', 'main');
  equal(await prepare(world, head, { way: 'rebase' }), { kind: 'unfit' });
  is(treeOf(root, await prepared(world, head)), treeOf(root, head));
});

test('what landed as a squash is not taken for a change once more when its session goes on', async () => {
  const world = await landingWorld();
  const { root, branch } = world;
  const head = branch('one', () => write(root, 'README.md', 'one\n'));
  const commit = await prepared(world, head);
  git(root, 'merge', '--quiet', '--ff-only', commit);
  const further = branch('further', () => write(root, 'README.md', 'one and two\n'), head);
  is((await prepare(world, further)).kind, 'conflicts', 'git alone does not know');
  const landedBefore = { commit, head, tree: treeOf(root, head) };
  for (const way of ['squash', 'rebase'] as const) {
    const next = await prepared(world, further, { way, landedBefore });
    is(git(root, 'show', `${next}:README.md`), 'one and two', way);
  }
  equal(await prepare(world, head, { landedBefore }), { kind: 'nothing' });
});

test('a conflict names its files, and in a rebase the commit', async () => {
  const world = await landingWorld();
  const { root, branch } = world;
  const head = branch('one', () => write(root, 'README.md', 'one\n'));
  write(root, 'README.md', 'main\n');
  commitAll(root, 'main went on');
  for (const way of ['squash', 'merge', 'rebase'] as const) {
    const made = await prepare(world, head, { way });
    ok(made.kind === 'conflicts');
    equal([made.files, made.at], [['README.md'], way === 'rebase' ? head : null]);
  }
});

test('landing sessions in any order gives the tree that git alone gives', async () => {
  const world = await landingWorld();
  const { root, branch } = world;
  write(root, 'long', Array.from({ length: 60 }, (_, line) => `line ${line}\n`).join(''));
  commitAll(root, 'long');
  const heads = Array.from({ length: 5 }, (_, at) =>
    branch(`s${at}`, () => {
      write(root, `own-${at}`, `${at}\n`);
      const lines = Array.from({ length: 60 }, (_, line) => (line === at * 12 ? `session ${at}\n` : `line ${line}\n`));
      write(root, 'long', lines.join(''));
    }),
  );
  const start = git(root, 'rev-parse', 'main');
  let state = 17;
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % below;
  };
  for (let round = 0; round < 4; round += 1) {
    const order = [...heads];
    for (let at = order.length - 1; at > 0; at -= 1) {
      const other = random(at + 1);
      [order[at], order[other]] = [order[other] ?? '', order[at] ?? ''];
    }
    let onto = start;
    for (const [at, head] of order.entries()) {
      const way = (['squash', 'merge', 'rebase'] as const)[(round + at) % 3] ?? 'squash';
      onto = await prepared(world, head, { way, onto });
    }
    git(root, 'checkout', '--quiet', '--detach', start);
    for (const head of order) git(root, 'merge', '--quiet', '--no-edit', head);
    is(treeOf(root, onto), treeOf(root, 'HEAD'), `round ${round}`);
    git(root, 'checkout', '--quiet', 'main');
  }
});

test('without a name nothing is committed, and the error says how to give one', async () => {
  const { root, repository } = await landingWorld();
  git(root, 'config', '--unset', 'user.name');
  const error = await errorOf(() => personOf(repository));
  is(error.code, 'commit.refused');
  match(error.hint ?? '', /git config --global user.name/);
});

test('[law 14] it is signed as the person says outside of the repository, by no program that the repository names', async () => {
  const world = await movedBase();
  const { root } = world;
  const trap = makeTrap(root, 'signer');
  git(root, 'config', 'commit.gpgSign', 'true');
  for (const key of ['gpg.program', 'gpg.ssh.program', 'gpg.openpgp.program', 'gpg.ssh.defaultKeyCommand']) {
    git(root, 'config', key, trap.script);
  }
  git(root, 'config', 'core.editor', trap.script);
  git(root, 'config', 'trailer.x.command', trap.script);
  const unsigned = await prepared(world, world.head);
  not(git(root, 'cat-file', '-p', unsigned).includes('gpgsig'));
  is(trap.sprung(), false);

  const own = join(root, '..', 'own.gitconfig');
  const key = join(root, '..', 'key');
  const signer = makeTrap(join(root, '..'), 'own-signer');
  write(join(root, '..'), 'own.gitconfig', '[commit]\n\tgpgSign = true\n[gpg]\n\tformat = ssh\n');
  const before = process.env.GIT_CONFIG_GLOBAL;
  process.env.GIT_CONFIG_GLOBAL = own;
  try {
    const refused = await errorOf(() => prepare(world, world.head));
    is(refused.code, 'commit.refused');
    match(refused.message, /could not be signed \(ssh\)/);
    write(
      join(root, '..'),
      'own.gitconfig',
      `[commit]\n\tgpgSign = true\n[gpg]\n\tformat = ssh\n[gpg "ssh"]\n\tprogram = ${signer.script}\n[user]\n\tsigningKey = ${key}\n`,
    );
    write(join(root, '..'), 'key', 'no key\n');
    await errorOf(() => prepare(world, world.head));
    is(signer.sprung(), true, "the person's own program is asked");
  } finally {
    process.env.GIT_CONFIG_GLOBAL = before;
  }
  is(trap.sprung(), false);
});

test('trailers stand in one block, once', () => {
  is(withTrailers('Subject', ['A: 1']), 'Subject\n\nA: 1\n');
  is(withTrailers('Subject\n\nBody.\n', ['A: 1', 'B: 2']), 'Subject\n\nBody.\n\nA: 1\nB: 2\n');
  is(withTrailers('Subject\n\nSigned-off-by: x\n', ['A: 1']), 'Subject\n\nSigned-off-by: x\nA: 1\n');
  is(withTrailers('Subject\n\nA: 1\n', ['A: 1']), 'Subject\n\nA: 1\n');
  is(withTrailers('Fix: it', ['A: 1']), 'Fix: it\n\nA: 1\n');
});

const not = (value: boolean): void => is(value, false);

test.run();
