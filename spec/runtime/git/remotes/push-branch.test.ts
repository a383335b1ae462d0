import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { findRemote } from '../../../../runtime/git/remotes/find-remote.ts';
import { type PushedBranch, pushBranch } from '../../../../runtime/git/remotes/push-branch.ts';
import { suite } from '../../../support/suite.ts';
import { temporaryFolder } from '../../../support/temporary.ts';
import { commitAll, errorOf, git, makeTrap, type WorktreeWorld, worldWithWorktree, write } from '../git-world.ts';

const test = suite('pushing a branch');

type RemoteWorld = WorktreeWorld & {
  readonly bare: string;
  /** What the remote has of the branch. */
  readonly there: () => string;
  readonly push: (remote?: string) => Promise<PushedBranch>;
};

const remoteWorld = async (): Promise<RemoteWorld> => {
  const world = await worldWithWorktree();
  const bare = join(world.folder, 'origin.git');
  git(world.folder, 'init', '--quiet', '--bare', bare);
  git(world.root, 'remote', 'add', 'origin', bare);
  write(world.path, 'new.txt', 'new\n');
  commitAll(world.path, 'a piece of work');
  const push = async (name?: string): Promise<PushedBranch> => {
    const { repository, branch } = world;
    return pushBranch({ repository, branch, remote: await findRemote(repository, branch, name) });
  };
  return { ...world, bare, push, there: () => git(bare, 'rev-parse', '--verify', `refs/heads/${world.branch}`) };
};

/** A global configuration of the person's, for the time of `body`. */
const withGlobal = async <Value>(content: string, body: () => Promise<Value>): Promise<Value> => {
  const file = join(temporaryFolder('global'), 'gitconfig');
  writeFileSync(file, content);
  process.env.GIT_CONFIG_GLOBAL = file;
  try {
    return await body();
  } finally {
    process.env.GIT_CONFIG_GLOBAL = '/dev/null';
  }
};

/** A program that says a line and fails, and notes that it ran. */
const failing = (name: string, says: string) => {
  const trap = makeTrap(temporaryFolder('stand-in'), name);
  const script = readFileSync(trap.script, 'utf8').replace('cat\n', `echo '${says}' >&2\nexit 255\n`);
  writeFileSync(trap.script, script);
  return trap;
};

test('a branch is made at the remote, moved on, and found up to date, and the repository knows it', async () => {
  const world = await remoteWorld();
  const first = await world.push();
  assert.is(first.outcome, 'made');
  assert.is(first.commit, git(world.path, 'rev-parse', 'HEAD'));
  assert.is(world.there(), first.commit);
  assert.is(git(world.root, 'rev-parse', `refs/remotes/origin/${world.branch}`), first.commit);

  write(world.path, 'new.txt', 'newer\n');
  commitAll(world.path, 'more of it');
  assert.is((await world.push('origin')).outcome, 'moved');
  assert.is(world.there(), git(world.path, 'rev-parse', 'HEAD'));
  assert.is((await world.push()).outcome, 'up_to_date');
  assert.is(git(world.bare, 'for-each-ref', '--format=%(refname)'), `refs/heads/${world.branch}`);
});

test('a remote that has moved on is never forced', async () => {
  const world = await remoteWorld();
  await world.push();
  git(world.path, 'commit', '--quiet', '--amend', '--message', 'said better');
  const before = world.there();
  git(world.root, 'config', '--add', 'remote.origin.push', `+refs/heads/${world.branch}`);
  git(world.root, 'config', 'push.default', 'current');
  const error = await errorOf(() => world.push());
  assert.is(error.code, 'push.rejected');
  assert.match(error.hint ?? '', /git pull --rebase origin throughline\/one/);
  assert.is(world.there(), before);
});

test('without a remote, with an unknown one, and with several, it says what to do', async () => {
  const world = await worldWithWorktree();
  const { repository, branch, root } = world;
  assert.is((await errorOf(() => findRemote(repository, branch))).hint, 'add one with git remote add origin URL');
  git(root, 'remote', 'add', 'mine', '/nowhere');
  git(root, 'remote', 'add', 'theirs', '/elsewhere');
  assert.is((await errorOf(() => findRemote(repository, branch))).code, 'push.no_remote');
  assert.match((await errorOf(() => findRemote(repository, branch, 'origin'))).hint ?? '', /mine, theirs/);
  git(root, 'config', 'remote.pushDefault', 'theirs');
  assert.is((await findRemote(repository, branch)).name, 'theirs');
  git(root, 'config', `branch.${branch}.remote`, 'mine');
  git(root, 'config', '--unset', 'remote.pushDefault');
  assert.is((await findRemote(repository, branch)).name, 'mine');
});

for (const address of [
  'ext::sh -c evil',
  'fd::17',
  'evil::https://example.org/x',
  'git+ssh://example.org/x',
  'ssh://-oProxyCommand=evil/x',
  '-oProxyCommand=evil:x',
  '--receive-pack=evil',
  'file://elsewhere/x',
]) {
  test(`nothing is pushed to ${address}`, async () => {
    const world = await worldWithWorktree();
    git(world.root, 'config', 'remote.origin.url', address);
    assert.is((await errorOf(() => findRemote(world.repository, world.branch))).code, 'push.bad_address');
  });
}

test('an ssh that the repository names does not run, and the one that the person has does', async () => {
  const world = await remoteWorld();
  const evil = makeTrap(world.folder, 'evil');
  const own = failing('own', 'git@example.org: Permission denied (publickey).');
  git(world.root, 'remote', 'set-url', 'origin', 'git@example.org:ada/shop.git');
  git(world.root, 'config', 'core.sshCommand', evil.script);
  git(world.root, 'config', 'ssh.variant', 'simple');
  const error = await withGlobal(`[core]\n\tsshCommand = ${own.script}\n`, () => errorOf(() => world.push()));
  assert.is(error.code, 'push.not_logged_in');
  assert.ok(own.sprung(), 'the person’s ssh was asked');
  assert.not.ok(evil.sprung());
});

test('what the person has for a folder of repositories counts for the repositories in it', async () => {
  const world = await remoteWorld();
  const own = failing('own', 'Permission denied (publickey).');
  const file = join(temporaryFolder('global'), 'work');
  writeFileSync(file, `[core]\n\tsshCommand = ${own.script}\n`);
  git(world.root, 'remote', 'set-url', 'origin', 'git@example.org:ada/shop.git');
  await withGlobal(`[includeIf "gitdir:${world.folder}/"]\n\tpath = ${file}\n`, () => errorOf(() => world.push()));
  assert.ok(own.sprung());
});

test('a credential helper that the repository names does not run, and the person’s own does', async () => {
  const world = await remoteWorld();
  const evil = makeTrap(world.folder, 'evil');
  const own = makeTrap(world.folder, 'own');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization ?? '');
    response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const url = `http://127.0.0.1:${port}`;
  git(world.root, 'remote', 'set-url', 'origin', `${url}/ada/shop.git`);
  git(world.root, 'config', 'credential.helper', `!${evil.script}`);
  git(world.root, 'config', `credential.${url}.helper`, `!${evil.script}`);
  git(world.root, 'config', 'core.askPass', evil.script);
  git(world.root, 'config', 'http.extraHeader', 'Authorization: Basic ZXZpbDpldmls');
  try {
    const error = await withGlobal(`[credential]\n\thelper = "!${own.script}"\n`, () => errorOf(() => world.push()));
    assert.is(error.code, 'push.not_logged_in');
  } finally {
    server.close();
  }
  assert.ok(own.sprung(), 'the person’s helper was asked');
  assert.not.ok(evil.sprung());
  assert.equal(
    asked.filter((header) => header !== ''),
    [],
  );
});

const namedByTheRepository: Record<string, (world: RemoteWorld, script: string) => void> = {
  'the program at the other end': ({ root }, script) => git(root, 'config', 'remote.origin.receivepack', script),
  'a helper for the remote': ({ root }) => git(root, 'config', 'remote.origin.vcs', 'evil'),
  'another address': ({ root, bare }, script) => {
    git(root, 'config', `url.ext::${script} .insteadOf`, bare);
    git(root, 'config', `url.ext::${script} .pushInsteadOf`, bare);
  },
  'a hook for the push': ({ root }, script) => {
    mkdirSync(join(root, '.git/hooks'), { recursive: true });
    writeFileSync(join(root, '.git/hooks/pre-push'), readFileSync(script), { mode: 0o755 });
  },
  'hooks elsewhere': ({ root, folder }, script) => {
    writeFileSync(join(folder, 'pre-push'), readFileSync(script), { mode: 0o755 });
    git(root, 'config', 'core.hooksPath', folder);
  },
  'hooks of the folder that is pushed to': ({ bare }, script) => {
    mkdirSync(join(bare, 'hooks'), { recursive: true });
    for (const hook of ['pre-receive', 'update', 'post-receive', 'post-update', 'reference-transaction']) {
      writeFileSync(join(bare, 'hooks', hook), readFileSync(script), { mode: 0o755 });
    }
  },
  'a command for the alternates of that folder': ({ bare, folder }, script) => {
    git(folder, 'init', '--quiet', '--bare', join(folder, 'other.git'));
    writeFileSync(join(bare, 'objects/info/alternates'), `${join(folder, 'other.git/objects')}\n`);
    git(bare, 'config', 'core.alternateRefsCommand', script);
  },
  'a signer for pushes': ({ root }, script) => {
    git(root, 'config', 'push.gpgSign', 'if-asked');
    git(root, 'config', 'gpg.program', script);
  },
};

for (const [what, set] of Object.entries(namedByTheRepository)) {
  test(`${what}, named by a repository: it does not run, and the push is made`, async () => {
    const world = await remoteWorld();
    const evil = makeTrap(world.folder, 'evil');
    set(world, evil.script);
    const { commit } = await world.push();
    assert.not.ok(evil.sprung());
    assert.is(world.there(), commit);
  });
}

test('that a hook did not run is said', async () => {
  const world = await remoteWorld();
  assert.is((await world.push()).hookSkipped, false);
  mkdirSync(join(world.root, '.git/hooks'), { recursive: true });
  writeFileSync(join(world.root, '.git/hooks/pre-push'), '#!/bin/sh\n');
  chmodSync(join(world.root, '.git/hooks/pre-push'), 0o755);
  assert.is((await world.push()).hookSkipped, true);
});

test('a branch of a shallow clone is pushed', async () => {
  const world = await remoteWorld();
  await world.push();
  const clone = join(world.folder, 'shallow');
  git(world.folder, 'clone', '--quiet', '--depth=1', `--branch=${world.branch}`, `file://${world.bare}`, clone);
  const { inspectRepository } = await import('../../../../runtime/git/repository.ts');
  const repository = await inspectRepository(clone);
  write(clone, 'late.txt', 'late\n');
  const commit = commitAll(clone, 'from a shallow clone');
  await pushBranch({ repository, branch: world.branch, remote: await findRemote(repository, world.branch) });
  assert.is(world.there(), commit);
});

test('a remote that is not there is an error with the way to try it by hand', async () => {
  const world = await remoteWorld();
  git(world.root, 'remote', 'set-url', 'origin', join(world.folder, 'gone.git'));
  const error = await errorOf(() => world.push());
  assert.is(error.code, 'push.failed');
  assert.match(error.hint ?? '', /git push origin throughline\/one/);
});

test('a password in an address is in no answer', async () => {
  const world = await remoteWorld();
  git(world.root, 'remote', 'set-url', 'origin', 'http://ada:swordfish@127.0.0.1:1/shop.git');
  const error = await errorOf(() => world.push());
  assert.not.match(JSON.stringify([error.toPlain(), error.details]), /swordfish/);
});

test.run();
