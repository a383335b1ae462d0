import { readFileSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import * as assert from 'uvu/assert';
import { tryGit } from '../../../runtime/git/command/run-git.ts';
import { createWorktree } from '../../../runtime/git/create-worktree.ts';
import { inspectRepository } from '../../../runtime/git/repository.ts';
import { worktreeChanges } from '../../../runtime/git/worktree-changes.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { commitAll, errorOf, git, gitWorld, makeRepository, makeTrap, worldWithWorktree, write } from './git-world.ts';

const test = suite('programs that a configuration names');

const version = git('/', 'version').match(/(\d+)\.(\d+)/);
const isAtLeast = ([major, minor]: readonly [number, number]): boolean =>
  Number(version?.[1]) > major || (Number(version?.[1]) === major && Number(version?.[2]) >= minor);

/** A repository where `main` and `other` have changed one line in two ways, and its files go through a driver `evil`. */
const makeForked = (folder: string): string => {
  const root = makeRepository(join(folder, 'forked'));
  write(root, '.gitattributes', '* diff=evil merge=evil\n');
  commitAll(root, 'attributes');
  git(root, 'config', 'user.name', 'Ada');
  git(root, 'config', 'user.email', 'ada@example.org');
  git(root, 'checkout', '--quiet', '-b', 'other');
  write(root, 'README.md', 'other\n');
  commitAll(root, 'other');
  git(root, 'checkout', '--quiet', 'main');
  write(root, 'README.md', 'mine\n');
  commitAll(root, 'mine');
  return root;
};

type Door = {
  readonly name: string;
  readonly set: (root: string, script: string) => void;
  readonly argv: readonly string[];
  readonly input?: string;
  /** The version of git that has it. */
  readonly since?: readonly [number, number];
};

const set =
  (...keys: readonly (readonly [key: string, value?: string])[]) =>
  (root: string, script: string): void => {
    for (const [key, value] of keys) git(root, 'config', key, value ?? script);
  };

const doors: readonly Door[] = [
  {
    name: 'a merge driver',
    set: set(['merge.evil.driver']),
    argv: ['merge-tree', '--write-tree', 'main', 'other'],
    since: [2, 38],
  },
  {
    name: "a merge driver in the place of git's own",
    set: (root, script) => {
      write(root, '.gitattributes', '* merge=text\n');
      git(root, 'config', 'merge.text.driver', script);
    },
    argv: ['merge-tree', '--write-tree', 'main', 'other'],
    since: [2, 38],
  },
  { name: 'gpg.program', set: set(['gpg.program']), argv: ['commit-tree', '-Sme', '-m', 'x', 'HEAD^{tree}'] },
  {
    name: 'gpg.openpgp.program',
    set: set(['gpg.openpgp.program']),
    argv: ['commit-tree', '-Sme', '-m', 'x', 'HEAD^{tree}'],
  },
  {
    name: 'gpg.x509.program',
    set: set(['gpg.format', 'x509'], ['gpg.x509.program']),
    argv: ['commit-tree', '-Sme', '-m', 'x', 'HEAD^{tree}'],
  },
  {
    name: 'gpg.ssh.program',
    set: set(['gpg.format', 'ssh'], ['gpg.ssh.program']),
    argv: ['commit-tree', '-Skey::ssh-ed25519 AAAA', '-m', 'x', 'HEAD^{tree}'],
  },
  {
    name: 'gpg.ssh.defaultKeyCommand',
    set: set(['gpg.format', 'ssh'], ['gpg.ssh.defaultKeyCommand']),
    argv: ['commit-tree', '-S', '-m', 'x', 'HEAD^{tree}'],
  },
  ...['command', 'cmd'].map(
    (word): Door => ({
      name: `trailer.NAME.${word}`,
      set: set(['trailer.evil.key', 'Evil'], [`trailer.evil.${word}`]),
      argv: ['interpret-trailers', '--trailer', 'Evil: x'],
      input: 'subject\n',
    }),
  ),
  {
    name: 'diff.external, where the caller forbids none',
    set: set(['diff.external']),
    argv: ['diff', 'main', 'other'],
  },
  { name: 'diff.NAME.command', set: set(['diff.evil.command']), argv: ['diff', 'main', 'other'] },
  { name: 'diff.NAME.textconv', set: set(['diff.evil.textconv']), argv: ['diff', 'main', 'other'] },
  { name: 'core.editor', set: set(['core.editor']), argv: ['branch', '--edit-description'] },
  { name: 'sequence.editor', set: set(['sequence.editor']), argv: ['rebase', '--interactive', 'HEAD~1'] },
  {
    name: 'core.alternateRefsCommand',
    set: (root, script) => {
      const other = makeRepository(join(root, '../alternate'));
      writeFileSync(join(root, '.git/objects/info/alternates'), `${other}/.git/objects\n`);
      git(root, 'config', 'core.alternateRefsCommand', script);
    },
    argv: ['rev-list', '--alternate-refs'],
  },
  {
    name: 'a hook in the configuration',
    set: set(['hook.evil.event', 'reference-transaction'], ['hook.evil.command']),
    argv: ['update-ref', 'refs/heads/made', 'HEAD'],
    since: [2, 54],
  },
  { name: 'core.fsmonitor', set: set(['core.fsmonitor']), argv: ['status'] },
];

for (const { name, argv, input = '', since, ...door } of doors) {
  test(`${name} is not run, whatever command could run it`, async () => {
    if (since !== undefined && !isAtLeast(since)) return console.log(`· ${name}: not in this version of git`);
    const world = await gitWorld();
    const root = makeForked(world.folder);
    const plain = makeTrap(world.folder, 'plain');
    door.set(root, plain.script);
    // Plain git does run it: else this would prove nothing.
    await tryPlain(root, argv);
    assert.ok(plain.sprung(), `plain git runs ${name}`);
    const other = await gitWorld();
    const attacked = makeForked(other.folder);
    const { script, sprung } = makeTrap(other.folder, 'trap');
    door.set(attacked, script);
    await tryGit({ cwd: attacked, arguments: argv, input });
    assert.not(sprung());
  });
}

const tryPlain = async (root: string, argv: readonly string[]): Promise<void> => {
  try {
    git(root, ...argv);
  } catch {
    // The trap is no good editor or signer: what matters is that it was run.
  }
};

const transports: readonly (readonly [name: string, ...(readonly [key: string, value: string])[]])[] = [
  ['core.sshCommand', ['remote.origin.url', 'ssh://localhost/nothing'], ['core.sshCommand', 'TRAP']],
  ['core.gitProxy', ['remote.origin.url', 'git://localhost/nothing'], ['core.gitProxy', 'TRAP']],
  ['a remote of the ext transport', ['remote.origin.url', 'ext::TRAP'], ['protocol.ext.allow', 'always']],
  ['remote.NAME.uploadpack', ['remote.origin.uploadpack', 'TRAP'], ['protocol.file.allow', 'always']],
  ['remote.NAME.vcs', ['remote.origin.vcs', 'evil'], ['protocol.evil.allow', 'always']],
];

for (const [name, ...pairs] of transports) {
  test(`${name} is not run for what a partial clone lacks`, async () => {
    const partialClone = async () => {
      const world = await gitWorld();
      git(world.root, 'config', 'uploadpack.allowFilter', 'true');
      const from = `file://${world.root}`;
      git(world.folder, 'clone', '--quiet', '--no-local', '--no-checkout', '--filter=blob:none', from, 'partial');
      const trap = makeTrap(world.folder, 'git-remote-evil');
      // It ends at once: git and one that echoes would wait for each other.
      writeFileSync(trap.script, readFileSync(trap.script, 'utf8').replace(/cat\n$/, 'exit 1\n'));
      // A helper of a remote is a program on PATH.
      symlinkSync(trap.script, join(world.folder, 'git-remote-evil'));
      const root = join(world.folder, 'partial');
      for (const [key, value] of pairs) git(root, 'config', key, value.replace('TRAP', trap.script));
      return { ...world, ...trap, root };
    };
    const path = process.env.PATH ?? '';
    try {
      const plain = await partialClone();
      process.env.PATH = [plain.folder, path].join(delimiter);
      await tryPlain(plain.root, ['checkout', 'main']);
      assert.ok(plain.sprung(), 'plain git runs it');
      const { root, place, base, folder, sprung } = await partialClone();
      process.env.PATH = [folder, path].join(delimiter);
      const repository = await inspectRepository(root);
      const make = () => createWorktree({ repository, path: place('one'), branch: 'one', baseCommit: base });
      assert.is((await errorOf(make)).code, 'git.failed');
      assert.not(sprung());
    } finally {
      process.env.PATH = path;
    }
  });
}

test('submodule.NAME.update is not run, though the repository has submodules follow each checkout', async () => {
  const world = await gitWorld();
  const library = makeRepository(join(world.folder, 'library'));
  git(world.root, 'submodule', '--quiet', 'add', library, 'library');
  const baseCommit = commitAll(world.root, 'with a submodule');
  const { script, sprung } = makeTrap(world.folder, 'trap');
  git(world.root, 'config', 'submodule.recurse', 'true');
  git(world.root, 'config', 'submodule.library.update', `!${script}`);
  await createWorktree({ ...world, path: world.place('one'), branch: 'one', baseCommit });
  assert.not(sprung());
});

for (const [key, value] of [
  ['core.trustctime', 'false'],
  ['core.checkStat', 'minimal'],
] as const) {
  test(`a change is seen though ${key} has git take a file of the same time and size for the same`, async () => {
    const world = await worldWithWorktree();
    const file = join(world.path, 'README.md');
    // Made old, so that git does not take it for suspect.
    const old = new Date(Date.now() - 10_000);
    utimesSync(file, old, old);
    git(world.path, 'update-index', '--refresh');
    git(world.root, 'config', key, value);
    if (key === 'core.checkStat') {
      write(world.path, 'other', 'jello\n');
      renameSync(join(world.path, 'other'), file);
    } else {
      // Git compares the time of the last change of anything by whole seconds.
      const second = Math.floor(statSync(file).ctimeMs / 1000);
      await until('a second has gone by', () => {
        write(world.path, 'README.md', 'jello\n');
        return Math.floor(statSync(file).ctimeMs / 1000) > second;
      });
    }
    utimesSync(file, old, old);
    assert.is(git(world.path, 'status', '--porcelain'), '', 'plain git does not see it');
    assert.equal((await worktreeChanges(world)).uncommitted, [{ path: 'README.md', status: 'modified' }]);
  });
}

test('a path that is .git under another name is not checked out, though the configuration allows it', async () => {
  const world = await gitWorld();
  const blob = git(world.root, 'rev-parse', 'HEAD:README.md');
  for (const [key, name] of [
    ['core.protectNTFS', 'git~1'],
    ['core.protectHFS', '.g\u200cit'],
  ] as const) {
    git(world.root, 'config', key, 'false');
    git(world.root, '-c', 'core.protectNTFS=false', 'update-index', '--add', '--cacheinfo', `100644,${blob},${name}`);
    const tree = git(world.root, '-c', 'core.protectNTFS=false', 'write-tree');
    git(world.root, 'read-tree', 'HEAD');
    const baseCommit = git(world.root, 'commit-tree', '-m', 'x', tree);
    const make = () => createWorktree({ ...world, path: world.place('one'), branch: 'one', baseCommit });
    assert.is((await errorOf(make)).code, 'git.failed', key);
  }
});

test.run();
