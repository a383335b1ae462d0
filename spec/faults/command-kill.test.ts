/** SIGKILL of the runtime while a command of the repository runs: a check, a setup, a teardown. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, ok } from 'uvu/assert';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { commitSetup } from '../runtime/work/setup-world.ts';
import { type Served, serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, gone, rowOf, start, type World } from '../support/world.ts';

const test = suite('a command whose runtime is killed', { timeLimitMs: 300_000 });
test.after(closeWorlds);

type Setting = {
  readonly world: World;
  readonly runtime: Served;
  /** While this file is there, a command that waits goes on to its end. */
  readonly letThrough: string;
};

/** A repository with a command that waits, with a child in its group and one that left it; its person has agreed to it. */
const agreedWorld = async (setupOf: (waits: string, root: string) => object): Promise<Setting> => {
  const world = createWorld('command-kill');
  const letThrough = join(world.directory.root, 'let-through');
  const waits = `test -e ${letThrough} || { setsid sleep 300 & sleep 300 & echo waits; sleep 300; }`;
  commitSetup(world.repository, setupOf(waits, world.directory.root));
  const runtime = await serve(world.directory);
  const path = world.repository;
  const { hash } = await runtime.client.call('repositorySetup', { query: { path } });
  await runtime.client.call('agreeToSetup', { body: { path, hash, agreed: true, approvals: false } });
  return { world, runtime, letThrough };
};

const commandsOf = async (runtime: Served, id: SessionId) => (await runtime.work(id)).commands;

/** Kills the runtime once the command and both of its children run, and gives the next one. */
const killedWhileItWaits = async ({ world, runtime }: Setting, id: SessionId): Promise<Served> => {
  const mark = await until('the command has begun', async () => {
    const open = (await commandsOf(runtime, id)).find(({ outcome }) => outcome === null);
    return open && `command-${open.commandId}`;
  });
  await until('its children run', () => world.agents(mark).length >= 3);
  await runtime.kill();
  const next = await serve(world.directory);
  await gone('its processes', () => world.agents(mark));
  await until('the log says that it is lost', async () =>
    (await commandsOf(next, id)).every(({ outcome }) => outcome !== null),
  );
  return next;
};

test('[law 13] a check is lost with its runtime, nothing of it is left, and it can be run again', async () => {
  const setting = await agreedWorld((waits) => ({ checks: { tests: waits } }));
  const { world, letThrough } = setting;
  const { id } = await start(setting.runtime, world, 'quick', { worktree: true });
  await ended(setting.runtime, id);
  const check = (runtime: Served) => runtime.client.call('runChecks', { parameters: { id }, body: { names: null } });
  await check(setting.runtime);
  const runtime = await killedWhileItWaits(setting, id);
  equal((await rowOf(runtime, id)).work.checks, { tests: 'lost' });
  writeFileSync(letThrough, '');
  await check(runtime);
  await until('it has passed', async () => (await rowOf(runtime, id)).work.checks.tests === 'passed');
  equal(
    (await commandsOf(runtime, id)).map(({ outcome }) => outcome),
    ['lost', 'passed'],
  );
  await runtime.prompt(id, 'And once more.');
  is((await ended(runtime, id)).status, 'Completed');
  is(await runtime.stop(), 0);
});

test('[law 13] a setup is lost with its runtime, and a resume runs it again before the agent begins', async () => {
  const setting = await agreedWorld((waits) => ({ setup: [waits] }));
  const { world, letThrough } = setting;
  const { id } = await start(setting.runtime, world, 'quick', { worktree: true });
  const runtime = await killedWhileItWaits(setting, id);
  is((await rowOf(runtime, id)).restored, true);
  writeFileSync(letThrough, '');
  await runtime.resume(id, 'Go on.');
  is((await ended(runtime, id)).status, 'Completed');
  equal(
    (await commandsOf(runtime, id)).map(({ kind, outcome }) => [kind, outcome]),
    [
      ['setup', 'lost'],
      ['setup', 'passed'],
    ],
  );
  is(await runtime.stop(), 0);
});

test('[law 21] a teardown comes before its removal: killed there, the session is whole, and is removed when asked again', async () => {
  const setting = await agreedWorld((waits, root) => ({
    teardown: [waits, `echo "$THROUGHLINE_NAME" >> ${root}/torn`],
  }));
  const { world, letThrough } = setting;
  const { id } = await start(setting.runtime, world, 'quick', { worktree: true, name: 'Short' });
  const { worktree } = await ended(setting.runtime, id);
  ok(worktree.path);
  const removing = setting.runtime.remove(id, { force: true }).catch(() => null);
  const runtime = await killedWhileItWaits(setting, id);
  await removing;
  const row = await rowOf(runtime, id);
  is(row.status, 'Completed');
  ok(existsSync(worktree.path));
  equal(
    (await commandsOf(runtime, id)).map(({ kind, outcome }) => [kind, outcome]),
    [['teardown', 'lost']],
  );
  await runtime.prompt(id, 'And once more.');
  is((await ended(runtime, id)).status, 'Completed');
  writeFileSync(letThrough, '');
  await runtime.remove(id, { force: true });
  is(readFileSync(join(world.directory.root, 'torn'), 'utf8'), 'Short\n');
  ok(!existsSync(worktree.path));
  equal((await runtime.dashboard()).rows, []);
  is(await runtime.stop(), 0);
});

test.run();
