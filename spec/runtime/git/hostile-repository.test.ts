import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import * as assert from 'uvu/assert';
import { createWorktree } from '../../../runtime/git/create-worktree.ts';
import { inspectRepository, resolveBase } from '../../../runtime/git/repository.ts';
import { worktreeChanges } from '../../../runtime/git/worktree-changes.ts';
import { worktreeDiff } from '../../../runtime/git/worktree-diff.ts';
import { createWorktrees } from '../../../runtime/git/worktrees.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { commitAll, errorOf, type GitWorld, git, gitWorld, makeRepository, makeTrap, write } from './git-world.ts';

const test = suite('hostile repositories');

const worktrees = createWorktrees();

/** Everything we ever do with a repository. */
const doEverything = async (world: GitWorld): Promise<void> => {
  const repository = await inspectRepository(world.root);
  const { commit } = await resolveBase(repository, 'main');
  const made = await worktrees.create({ repository, path: world.place('one'), branch: 'one', baseCommit: commit });
  const worktree = { repository, ...made, baseCommit: commit };
  // A trap set from inside, by the agent.
  write(made.path, '.gitattributes', readFileSync(join(world.root, '.gitattributes'), 'utf8'));
  write(made.path, 'README.md', 'changed\n');
  write(made.path, 'new.txt', 'new\n');
  await worktrees.changes(worktree);
  await worktrees.diff(worktree);
  await worktrees.list(repository);
  await errorOf(() => worktrees.remove({ ...worktree, force: false }));
  await worktrees.remove({ ...worktree, force: true, deleteBranch: 'always' });
  await worktrees.prune(repository);
};

type Trap = { name: string; set: (root: string, script: string) => void; attributes?: string };

const traps: Trap[] = [
  ...['post-checkout', 'post-index-change', 'reference-transaction', 'pre-auto-gc'].map((hook) => ({
    name: `hook ${hook}`,
    set: (root: string, script: string) => {
      mkdirSync(join(root, '.git/hooks'), { recursive: true });
      writeFileSync(join(root, '.git/hooks', hook), readFileSync(script), { mode: 0o755 });
    },
  })),
  { name: 'core.fsmonitor', set: (root, script) => git(root, 'config', 'core.fsmonitor', script) },
  ...['clean', 'smudge', 'process'].map((kind) => ({
    name: `filter ${kind}`,
    attributes: '* filter=evil\n',
    set: (root: string, script: string) => {
      git(root, 'config', `filter.evil.${kind}`, script);
      git(root, 'config', 'filter.evil.required', 'true');
    },
  })),
  {
    name: 'a filter with = and dots in its name',
    attributes: '* filter=a=b.c.\n',
    set: (root, script) => {
      for (const kind of ['clean', 'smudge']) {
        writeFileSync(join(root, '.git/evil'), `[filter "a=b.c."]\n\t${kind} = ${script}\n`, { flag: 'a' });
      }
      git(root, 'config', 'include.path', 'evil');
    },
  },
  {
    name: 'a filter configured for our branches only',
    attributes: '* filter=evil\n',
    set: (root, script) => {
      writeFileSync(join(root, '.git/evil'), `[filter "evil"]\n\tsmudge = ${script}\n\tclean = ${script}\n`);
      git(root, 'config', 'includeIf.onbranch:one.path', 'evil');
    },
  },
  {
    name: 'a filter configured for our folders only',
    attributes: '* filter=evil\n',
    set: (root, script) => {
      writeFileSync(join(root, '.git/evil'), `[filter "evil"]\n\tsmudge = ${script}\n\tclean = ${script}\n`);
      git(root, 'config', 'includeIf.gitdir:**/worktrees/**.path', 'evil');
    },
  },
  { name: 'diff.external', set: (root, script) => git(root, 'config', 'diff.external', script) },
  {
    name: 'diff driver',
    attributes: '* diff=evil\n',
    set: (root, script) => git(root, 'config', 'diff.evil.command', script),
  },
  {
    name: 'textconv',
    attributes: '* diff=evil\n',
    set: (root, script) => git(root, 'config', 'diff.evil.textconv', script),
  },
  {
    name: 'gpg',
    set: (root, script) => {
      git(root, 'config', 'gpg.program', script);
      git(root, 'config', 'commit.gpgSign', 'true');
      git(root, 'config', 'log.showSignature', 'true');
    },
  },
  {
    name: 'pager, editor and alias',
    set: (root, script) => {
      git(root, 'config', 'core.pager', script);
      git(root, 'config', 'pager.status', script);
      git(root, 'config', 'core.editor', script);
      for (const command of ['status', 'diff', 'worktree', 'rev-parse']) {
        git(root, 'config', `alias.${command}`, `!${script}`);
      }
    },
  },
];

for (const { name, set, attributes } of traps) {
  test(`${name} is never run`, async () => {
    const world = await gitWorld();
    write(world.root, '.gitattributes', attributes ?? '* text=auto\n');
    commitAll(world.root, 'attributes');
    const { script, sprung } = makeTrap(world.folder, 'trap');
    set(world.root, script);
    await doEverything(world);
    assert.not(sprung());
  });
}

test('the traps do work: plain git springs them', async () => {
  const world = await gitWorld();
  write(world.root, '.gitattributes', '* filter=evil\n');
  commitAll(world.root, 'attributes');
  const { script, sprung } = makeTrap(world.folder, 'trap');
  git(world.root, 'config', 'filter.evil.smudge', script);
  git(world.root, 'worktree', 'add', '--quiet', world.place('one'));
  assert.ok(sprung());
  const hook = makeTrap(world.folder, 'hook');
  writeFileSync(join(world.root, '.git/hooks/post-checkout'), readFileSync(hook.script), { mode: 0o755 });
  git(world.root, 'worktree', 'add', '--quiet', world.place('two'));
  assert.ok(hook.sprung());
  const external = makeTrap(world.folder, 'external');
  git(world.root, 'config', 'diff.external', external.script);
  write(world.root, 'README.md', 'changed\n');
  git(world.root, 'diff');
  assert.ok(external.sprung());
});

test('a submodule configured to run something is looked at without running it', async () => {
  const world = await gitWorld();
  const library = makeRepository(join(world.folder, 'library'));
  write(library, '.gitattributes', '* filter=evil\n');
  commitAll(library, 'attributes');
  const { path } = await createWorktree({ ...world, path: world.place('one'), branch: 'one', baseCommit: world.base });
  git(path, 'submodule', '--quiet', 'add', library, 'library');
  commitAll(path, 'with a submodule');
  const { script, sprung } = makeTrap(world.folder, 'trap');
  const inner = join(path, 'library');
  git(inner, 'config', 'filter.evil.clean', script);
  git(inner, 'config', 'core.fsmonitor', script);
  git(path, 'config', 'diff.submodule', 'diff');
  git(path, 'config', 'status.submoduleSummary', 'true');
  write(inner, 'README.md', 'jello\n');
  const worktree = { ...world, path, branch: 'one', baseCommit: world.base };
  await worktreeChanges(worktree);
  await worktreeDiff(worktree);
  await errorOf(() => worktrees.remove({ ...worktree, force: true }));
  assert.not(sprung());
});

test('a partial clone fetches nothing by the command that its configuration names', async () => {
  const world = await gitWorld();
  const { script, sprung } = makeTrap(world.folder, 'trap');
  git(world.root, 'config', 'uploadpack.allowFilter', 'true');
  git(
    world.folder,
    'clone',
    '--quiet',
    '--no-local',
    '--no-checkout',
    '--filter=blob:none',
    `file://${world.root}`,
    'partial',
  );
  const root = join(world.folder, 'partial');
  git(root, 'config', 'remote.origin.url', 'ssh://localhost/nothing');
  git(root, 'config', 'core.sshCommand', script);
  git(root, 'config', 'protocol.ssh.allow', 'always');
  const repository = await inspectRepository(root);
  const make = () => createWorktree({ repository, path: world.place('one'), branch: 'one', baseCommit: world.base });
  const error = await errorOf(make);
  assert.is(error.code, 'git.failed');
  assert.match(error.hint ?? '', /partial clone/);
  assert.not(sprung());
  assert.not(existsSync(world.place('one')));
});

test('a repository that says its files are somewhere else is refused: it would be taken for what lies there', async () => {
  const [within, home] = [temporaryFolder('elsewhere'), makeRepository()];
  for (const elsewhere of [within, home, '/']) {
    // Git believes it only of a folder that the repository is in, as a download is in one's home.
    const root = makeRepository(
      join(elsewhere === '/' ? within : elsewhere, 'downloads', basename(elsewhere), 'hostile'),
    );
    git(root, 'config', 'core.worktree', elsewhere);
    for (const path of [root, join(root, 'source')]) {
      const error = await errorOf(() => inspectRepository(path));
      assert.is(error.code, 'repository.not_git', `${path} that says ${elsewhere}`);
      assert.match(error.hint ?? '', /core\.worktree/);
    }
  }
});

test('a repository whose git folder is kept apart, and a submodule, are what they say', async () => {
  const world = await gitWorld();
  const apart = join(world.folder, 'apart');
  git(world.folder, 'clone', '--quiet', '--separate-git-dir', join(world.folder, 'kept.git'), world.root, apart);
  assert.is((await inspectRepository(apart)).root, apart);
  git(world.root, 'submodule', '--quiet', 'add', apart, 'library');
  const library = await inspectRepository(join(world.root, 'library/source'));
  assert.is(library.root, join(world.root, 'library'));
  assert.is(library.commonDirectory, join(world.root, '.git/modules/library'));
});

test('a program called git in the repository is not taken for git', async () => {
  const world = await gitWorld();
  const { script, sprung } = makeTrap(world.folder, 'trap');
  writeFileSync(join(world.root, 'git'), readFileSync(script));
  chmodSync(join(world.root, 'git'), 0o755);
  const path = process.env.PATH ?? '';
  process.env.PATH = ['.', '', path].join(delimiter);
  try {
    await inspectRepository(world.root);
  } finally {
    process.env.PATH = path;
  }
  assert.not(sprung());
});

test.run();
