/** A repository that wants to run something, or to be taken for something else, when its sessions are committed and landed. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { commit, land, landingWorld, settled, worked } from '../runtime/work/landing/landing-world.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { closeWorlds, ended, errorOf, git, start } from '../support/world.ts';

const test = suite('landing what is hostile', { timeLimitMs: 600_000 });
test.after(closeWorlds);

/** A program that leaves a trace, whatever it is called as. */
const trap = (): { readonly program: string; readonly wasRun: () => boolean } => {
  const folder = temporaryFolder('trap');
  const [program, trace] = [join(folder, 'trap.sh'), join(folder, 'trace')];
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${trace}'\ncat > /dev/null 2>&1 || true\nexit 0\n`);
  chmodSync(program, 0o755);
  return { program, wasRun: () => existsSync(trace) };
};

test('[law 14] no program that the repository names is run by a commit, a landing or its undoing', async () => {
  const world = landingWorld('hostile');
  const { program, wasRun } = trap();
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'README.md': 'one\n', 'a.txt': 'a\n' });
  const two = await worked(runtime, world, 'two', { 'README.md': 'two\n' });
  const hooks = join(world.repository, '.git', 'hooks');
  mkdirSync(hooks, { recursive: true });
  for (const name of [
    ...['pre-commit', 'prepare-commit-msg', 'commit-msg', 'post-commit', 'post-merge', 'post-checkout'],
    ...['pre-merge-commit', 'reference-transaction', 'pre-rebase', 'post-rewrite', 'post-index-change', 'pre-auto-gc'],
  ]) {
    writeFileSync(join(hooks, name), `#!/bin/sh\nexec '${program}' "$@"\n`);
    chmodSync(join(hooks, name), 0o755);
  }
  for (const [key, value] of [
    ['merge.evil.driver', `${program} %O %A %B`],
    ['merge.default', 'evil'],
    ['merge.tool', 'evil'],
    ['mergetool.evil.cmd', program],
    ['diff.evil.textconv', program],
    ['diff.evil.command', program],
    ['diff.external', program],
    ['commit.gpgSign', 'true'],
    ['gpg.program', program],
    ['gpg.openpgp.program', program],
    ['gpg.format', 'ssh'],
    ['gpg.ssh.program', program],
    ['gpg.ssh.defaultKeyCommand', program],
    ['user.signingKey', 'evil'],
    ['core.editor', program],
    ['sequence.editor', program],
    ['core.pager', program],
    ['core.fsmonitor', program],
    ['core.sshCommand', program],
    ['core.askPass', program],
    ['trailer.evil.command', program],
    ['trailer.evil.cmd', program],
    ['trailer.evil.ifmissing', 'add'],
    ['merge.ff', 'false'],
    ['merge.verifySignatures', 'true'],
    ['branch.main.mergeOptions', '--squash'],
    ['rebase.autoStash', 'true'],
    ['commit.template', program],
    ['alias.merge', `!${program}`],
  ] as const) {
    git(world.repository, 'config', key, value);
  }
  mkdirSync(join(world.repository, '.git', 'info'), { recursive: true });
  writeFileSync(join(world.repository, '.git', 'info', 'attributes'), '* merge=evil diff=evil\n');

  const look = await runtime.landing(one.id, {});
  assert.is(look.hooks?.agreed, false);
  assert.is(look.signing, null, 'the repository’s wish is no person’s');
  const made = await commit(runtime, one);
  assert.is(made.hooks, 'not_agreed');
  await land(runtime, [one, two], { dryRun: true });
  await land(runtime, [one, two], { how: 'merge' });
  const [landed, returned] = await settled(runtime, [one, two]);
  assert.is(landed?.state, 'landed', JSON.stringify(landed));
  assert.is(returned?.state, 'returned');
  await ended(runtime, two.id);
  assert.is(git(world.repository, 'rev-list', '--count', '--merges', 'main'), '1');
  await runtime.undoLanding(one.id, landed?.landingId ?? ('' as never));
  assert.not.ok(wasRun());
  await world.close();
});

test('[law 14] hooks run once they are agreed to by their content, and not when that has changed since', async () => {
  const world = landingWorld('hooks');
  const { program, wasRun } = trap();
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'a.txt': 'a\n' });
  const hook = join(world.repository, '.git', 'hooks', 'commit-msg');
  mkdirSync(join(world.repository, '.git', 'hooks'), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\nprintf "\\nTicket: 7\\n" >> "$1"\n');
  chmodSync(hook, 0o755);
  const { hooks } = await runtime.landing(one.id, {});
  assert.ok(hooks && !hooks.agreed);
  assert.is((await errorOf(commit(runtime, one, { hooks: 'a'.repeat(64) }))).code, 'commit.refused');
  const made = await commit(runtime, one, { hooks: hooks.hash });
  assert.is(made.hooks, 'ran');
  assert.match(git(one.path, 'log', '-1', '--format=%B'), /Ticket: 7/);
  assert.is((await runtime.landing(one.id, {})).hooks?.agreed, true);

  writeFileSync(hook, `#!/bin/sh\nexec '${program}'\n`);
  writeFileSync(join(one.path, 'a.txt'), 'b\n');
  const second = await commit(runtime, one);
  assert.is(second.hooks, 'not_agreed');
  assert.not.ok(wasRun());
  await world.close();
});

test('a hook that fails refuses the commit with its words, and everything stays as it was', async () => {
  const world = landingWorld('failing-hook');
  const runtime = await world.open();
  const one = await worked(runtime, world, 'one', { 'a.txt': 'a\n' });
  const hook = join(world.repository, '.git', 'hooks', 'pre-commit');
  mkdirSync(join(world.repository, '.git', 'hooks'), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\necho "2 lint errors" >&2\nexit 1\n');
  chmodSync(hook, 0o755);
  const { hooks } = await runtime.landing(one.id, {});
  const before = git(one.path, 'rev-parse', 'HEAD');
  const error = await errorOf(commit(runtime, one, { hooks: hooks?.hash ?? '' }));
  assert.is(error.code, 'commit.refused');
  assert.match(error.message, /pre-commit refused the commit: 2 lint errors/);
  assert.is(git(one.path, 'rev-parse', 'HEAD'), before);
  assert.is(git(one.path, 'status', '--porcelain'), '?? a.txt');
  // Without them it goes.
  assert.is((await commit(runtime, one, { hooks: null })).hooks, 'not_agreed');
  await world.close();
});

test('[law 14] a branch that is named like an option is a branch, or is refused', async () => {
  const world = landingWorld('option');
  const runtime = await world.open();
  git(world.repository, 'update-ref', 'refs/heads/--force', 'main');
  const { id } = await start(runtime, world, 'quick', { worktree: true, base: 'main' });
  const { worktree } = await ended(runtime, id);
  writeFileSync(join(worktree.path ?? '', 'a.txt'), 'a\n');
  for (const onto of [
    '--force',
    '--exec=touch x',
    '-d',
    '../main',
    'main..other',
    'refs/heads/--force',
    'HEAD',
    'main\n',
  ]) {
    const error = await errorOf(land(runtime, [{ id, path: '', branch: '' }], { onto }));
    assert.is(error.code, 'landing.refused', onto);
  }
  assert.is(git(world.repository, 'rev-parse', 'refs/heads/--force'), git(world.repository, 'rev-parse', 'main'));
  await world.close();
});

test.run();
