import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { searchQuery } from '../../../actors/protocol/gateway/window.ts';
import { completeFolders } from '../../../runtime/window/folders.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { until } from '../../support/until.ts';
import { closeWorlds, createWorld, ended, errorOf, git, start } from '../../support/world.ts';

const test = suite('what the window looks at');
test.after(closeWorlds);

test('a beginning of a path is completed with folders, hidden ones only when their dot is there', async () => {
  const root = realpathSync(temporaryFolder('folders'));
  for (const name of ['shop', 'Shoes', 'other', '.hidden', 'shop/.git', 'closed', '.x']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'shopping-list.txt'), '');
  symlinkSync(join(root, 'other'), join(root, 'short'));
  symlinkSync(join(root, 'nowhere'), join(root, 'shown'));
  chmodSync(join(root, 'closed'), 0o000);
  const completed = async (path: string): Promise<readonly string[]> =>
    (await completeFolders(path)).folders.map(
      (folder) => `${folder.path.slice(root.length)}${folder.isRepository ? ' *' : ''}`,
    );
  assert.equal(await completed(`${root}/sh`), ['/Shoes', '/shop *', '/short']);
  assert.equal(await completed(`${root}/`), ['/closed', '/other', '/Shoes', '/shop *', '/short']);
  assert.equal(await completed(`${root}/.`), ['/.hidden', '/.x']);
  assert.equal(await completed(`${root}/.h`), ['/.hidden']);
  assert.equal(await completed(`${root}/closed/`), []);
  assert.equal(await completed(`${root}/none/at/all`), []);
  for (const odd of ['relative/path', '\0', `${root}/\0`, '-x', '~nobody']) assert.equal(await completed(odd), []);
  chmodSync(join(root, 'closed'), 0o700);
  for (let index = 0; index < 120; index += 1) mkdirSync(join(root, `many-${index}`));
  assert.is((await completed(`${root}/many`)).length, 50);
  assert.ok((await completeFolders('')).folders.every(({ path }) => path.startsWith('/') || path.includes(':')));
});

test('a repository is described with its branches, and what is none is refused with its code', async () => {
  const world = createWorld('described');
  const runtime = await world.open();
  git(world.repository, 'branch', 'topic/one');
  const description = await runtime.repository(join(world.repository, '.'));
  assert.is(description.root, world.repository);
  assert.ok(description.branches.includes('topic/one'));
  assert.ok(description.branches.includes(description.headBranch ?? ''));
  assert.is((await errorOf(runtime.repository(temporaryFolder('plain')))).code, 'repository.not_git');
  assert.is((await errorOf(runtime.repository('/nowhere'))).code, 'repository.missing');
  await world.close();
});

test('a worktree is shown by the desktop, and only where there is one', async () => {
  if (process.platform !== 'linux') return;
  const folder = temporaryFolder('desktop');
  const opened = join(folder, 'opened');
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\nprintf '%s' "$*" > '${opened}'\n`, { mode: 0o755 });
  const world = createWorld('shown');
  const runtime = await world.open();
  const agent = world.script('brief', { steps: [{ do: 'say', text: 'Here.', everyMs: 0 }] });
  const { id } = await start(runtime, world, agent, { worktree: true });
  await ended(runtime, id);
  const { worktree } = await runtime.session(id);
  const { PATH, DISPLAY, WAYLAND_DISPLAY } = process.env;
  const surround = (variables: Readonly<Record<string, string | undefined>>): void => {
    for (const [name, value] of Object.entries(variables)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  try {
    surround({ PATH: `${folder}:${PATH}`, DISPLAY: undefined, WAYLAND_DISPLAY: undefined });
    const refused = await errorOf(runtime.openWorktree(id));
    assert.is(refused.code, 'desktop.unavailable');
    assert.match(refused.hint ?? '', /copy the path/);
    surround({ DISPLAY: ':none' });
    await runtime.openWorktree(id);
    assert.is(readFileSync(opened, 'utf8'), worktree.path);

    writeFileSync(join(folder, 'xdg-open'), '#!/bin/sh\nexit 3\n');
    assert.match((await errorOf(runtime.openWorktree(id))).message, /xdg-open ended with exit code 3/);

    rmSync(worktree.path ?? '', { recursive: true });
    symlinkSync(folder, worktree.path ?? '');
    assert.is(
      (await errorOf(runtime.openWorktree(id))).code,
      'worktree.missing',
      'a link in its place is not followed',
    );
  } finally {
    surround({ PATH, DISPLAY, WAYLAND_DISPLAY });
  }
  const inPlace = await start(runtime, world, agent, { worktree: false });
  await ended(runtime, inPlace.id);
  assert.is((await errorOf(runtime.openWorktree(inPlace.id))).code, 'worktree.missing');
  await world.close();
});

test('whoever looks at the same worktree at one time shares the work of git', async () => {
  const world = createWorld('shared');
  const runtime = await world.open();
  const agent = world.script('brief', { steps: [{ do: 'say', text: 'Here.', everyMs: 0 }] });
  const { id } = await start(runtime, world, agent, { worktree: true });
  await ended(runtime, id);
  const folder = temporaryFolder('counted');
  const counted = join(folder, 'counted');
  const { PATH } = process.env;
  const real = (PATH ?? '').split(':').find((place) => existsSync(join(place, 'git')));
  writeFileSync(join(folder, 'git'), `#!/bin/sh\necho >> '${counted}'\nexec '${real}/git' "$@"\n`, { mode: 0o755 });
  const gits = async (look: () => Promise<unknown>): Promise<number> => {
    writeFileSync(counted, '');
    await look();
    return readFileSync(counted, 'utf8').length;
  };
  const looks: Readonly<Record<string, () => Promise<unknown>>> = {
    changes: () => runtime.changes(id),
    diff: () => runtime.diff(id),
    repository: () => runtime.repository(world.repository),
  };
  try {
    process.env.PATH = `${folder}:${PATH}`;
    for (const [name, look] of Object.entries(looks)) {
      const one = await gits(look);
      assert.ok(one > 0, `${name} asks git`);
      const forty = await gits(() => Promise.all(Array.from({ length: 40 }, look)));
      assert.ok(forty <= 2 * one, `${name}: ${forty} processes for forty, ${one} for one`);
    }
  } finally {
    process.env.PATH = PATH;
  }
  await world.close();
});

test('what a session has changed can be looked at, its text searched, and its repository chosen again', async () => {
  const world = createWorld('looked-at');
  const runtime = await world.open();
  const agent = world.script('brief', { steps: [{ do: 'say', text: 'A quokka greets you.', everyMs: 0 }] });
  const { id } = await start(runtime, world, agent, { worktree: true });
  await ended(runtime, id);
  const { worktree } = await runtime.session(id);
  writeFileSync(join(worktree.path ?? '', 'looked-at.txt'), 'new\n');
  const changes = await runtime.changes(id);
  assert.ok(changes.dirty);
  assert.ok(changes.files.some(({ path, status }) => path === 'looked-at.txt' && status === 'untracked'));
  const diff = await runtime.diff(id);
  assert.match(diff.text, /\+new/);
  assert.not.ok(diff.cut);
  assert.equal(
    (await runtime.repositories()).repositories.map(({ path }) => path),
    [world.repository],
  );

  const query = searchQuery.parse({ text: 'do it', type: 'prompt' });
  // The index follows the log, and a thread that died is started again: each may take a moment.
  const search = (asked: typeof query) =>
    until(`${asked.text} is found`, async () => {
      const page = await runtime.search(asked).catch(() => null);
      return page !== null && page.hits.length > 0 && page.hits;
    });
  assert.equal(
    (await search(query)).map((hit) => hit.sessionId),
    [id],
  );
  const spoken = searchQuery.parse({ text: 'quokka greets', type: 'message' });
  assert.is((await search(spoken))[0]?.excerpt, 'A quokka greets you.');
  await runtime.faults.crashSearch();
  assert.is((await search(spoken)).length, 1);
  await runtime.remove(id, { force: true });
  assert.equal((await runtime.search(query)).hits, []);

  const plain = await start(runtime, world, agent);
  assert.is((await errorOf(runtime.changes(plain.id))).code, 'worktree.missing');
  assert.is((await errorOf(runtime.diff(crypto.randomUUID() as SessionId))).code, 'session.not_found');
  await ended(runtime, plain.id);
  await world.close();
});

test.run();
