/** SIGKILL of the runtime, and of the git that works for it, at each step of a commit, a landing and its undoing. */
import { readdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { equal, is, ok } from 'uvu/assert';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { type HeldGit, holdGit } from '../support/held-git.ts';
import { type Served, serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, ended, git, gone, signal, start, type World } from '../support/world.ts';

const test = suite('a landing that is killed', { timeLimitMs: 900_000 });
test.after(closeWorlds);

/** Calls of git that change something, each of which is stopped before it and after it. */
const steps = {
  commit: ['update-ref -m commit', 'read-tree --reset'],
  land: ['refs/throughline/landings', 'merge --ff-only', 'update-ref -d -- refs/throughline/landings'],
  undo: ['refs/throughline/parked/', 'read-tree -m -u', 'update-ref -m undo'],
} as const;

/** The processes of git that stop now. */
const heldPids = ({ path }: HeldGit): readonly number[] => {
  const [folder = ''] = path.split(delimiter);
  return readdirSync(join(folder, 'held')).map(Number);
};

type Doing = { readonly runtime: Served; readonly id: SessionId };

/** Does something until git stops, kills runtime and git there, and starts another runtime. */
const killedAt = async (
  world: World,
  before: Served,
  step: string,
  when: 'before' | 'after',
  doing: (now: Served) => Promise<unknown>,
): Promise<Served> => {
  await before.kill();
  const held = holdGit([step], when);
  const environment = { ...process.env, PATH: held.path };
  const runtime = await serve(world.directory, [], undefined, environment);
  const done = doing(runtime).catch(() => {});
  await held.stopped();
  const pids = heldPids(held);
  await runtime.kill();
  for (const pid of pids) signal(pid, 'SIGKILL');
  await gone('its gits', () => pids.filter((pid) => isAlive(pid)));
  held.letGo();
  await done;
  return serve(world.directory);
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

const openWorld = async (): Promise<Doing & { readonly world: World; readonly path: string }> => {
  const world = createWorld('landing-kill');
  git(world.repository, 'config', 'user.name', 'Ada Byron');
  git(world.repository, 'config', 'user.email', 'ada@example.org');
  git(world.repository, 'branch', '-M', 'main');
  const runtime = await serve(world.directory);
  const { id } = await start(runtime, world, 'quick', { worktree: true, name: 'kill' });
  const { worktree } = await ended(runtime, id);
  ok(worktree.path);
  return { world, runtime, id, path: worktree.path };
};

const landingOf = async ({ client }: Served, id: SessionId) => {
  const { landings } = await client.call('landings', {});
  return landings.find(({ session }) => session.id === id);
};

const count = (world: World): number => Number(git(world.repository, 'rev-list', '--count', 'main'));

test('[law 21] whatever is killed at whichever step of a landing, it lands once, and the checkout is whole', async () => {
  const opened = await openWorld();
  const { world, id, path } = opened;
  let { runtime } = opened;
  let number = 0;
  for (const step of steps.land) {
    for (const when of ['before', 'after'] as const) {
      number += 1;
      writeFileSync(join(path, 'file.txt'), `${'line\n'.repeat(number)}`);
      const before = count(world);
      runtime = await killedAt(world, runtime, step, when, async ({ client }) => {
        await client.call('land', { body: { sessions: [id], messages: { [id]: `number ${number}` } } });
        await until('it has ended', async () => (await landingOf({ client } as Served, id))?.state === 'landed');
      });
      const what = `${when} ${step}`;
      const landed = await until(`${what}: it has landed`, async () => {
        const found = await landingOf(runtime, id);
        return found?.state === 'landed' && found;
      });
      is(git(world.repository, 'rev-parse', 'main'), landed.commit, what);
      is(count(world), before + 1, `${what}: once`);
      is(git(world.repository, 'log', '-1', '--format=%s', 'main'), `number ${number}`);
      is(git(world.repository, 'status', '--porcelain'), '', what);
      is(git(world.repository, 'show', 'main:file.txt'), 'line\n'.repeat(number).trimEnd());
      equal(
        readdirSync(join(world.repository, '.git')).filter((name) => name.endsWith('.lock')),
        [],
        what,
      );
    }
  }
  is((await runtime.verify()).ok, true);
  await runtime.kill();
});

test('[law 21] a commit that is killed at any step is made or not, and the log knows which', async () => {
  const opened = await openWorld();
  const { world, id, path } = opened;
  let { runtime } = opened;
  let number = 0;
  for (const step of steps.commit) {
    for (const when of ['before', 'after'] as const) {
      number += 1;
      const what = `${when} ${step}`;
      writeFileSync(join(path, 'file.txt'), `${number}\n`);
      const before = git(path, 'rev-parse', 'HEAD');
      runtime = await killedAt(world, runtime, step, when, ({ client }) =>
        client.call('commit', { parameters: { id }, body: {} }),
      );
      const work = await until(`${what}: the log knows`, async () => {
        const found = await runtime.client.call('work', { parameters: { id } });
        return found.commitBegun === null && found;
      });
      const head = git(path, 'rev-parse', 'HEAD');
      const last = work.commits.at(-1);
      if (when === 'before' && step.startsWith('update-ref')) {
        is(head, before, what);
        ok(last?.commit !== head, what);
        await runtime.client.call('commit', { parameters: { id }, body: {} });
      } else {
        is(last?.commit, head, what);
        ok(head !== before, what);
      }
      is(git(path, 'status', '--porcelain'), '', what);
    }
  }
  await runtime.kill();
});

test('[law 21] an undoing that is killed at any step is done or not, and the checkout is whole', async () => {
  const opened = await openWorld();
  const { world, id, path } = opened;
  let { runtime } = opened;
  let number = 0;
  const landOnce = async (): Promise<string> => {
    number += 1;
    writeFileSync(join(path, 'file.txt'), `${number}\n`);
    await runtime.client.call('land', { body: { sessions: [id] } });
    const landed = await until('it has landed', async () => {
      const found = await landingOf(runtime, id);
      return found?.state === 'landed' && found;
    });
    return landed.landingId;
  };
  for (const step of steps.undo) {
    for (const when of ['before', 'after'] as const) {
      const what = `${when} ${step}`;
      const before = git(world.repository, 'rev-parse', 'main');
      const landingId = await landOnce();
      const landed = git(world.repository, 'rev-parse', 'main');
      runtime = await killedAt(world, runtime, step, when, ({ client }) =>
        client.call('undoLanding', { parameters: { id, landingId }, body: {} }),
      );
      const work = await until(`${what}: the log knows`, async () => {
        const found = await runtime.client.call('work', { parameters: { id } });
        return found.landings.every(({ undoBegun }) => undoBegun === null) && found;
      });
      const state = work.landings.at(-1)?.state;
      is(git(world.repository, 'rev-parse', 'main'), state === 'undone' ? before : landed, what);
      is(git(world.repository, 'status', '--porcelain'), '', what);
      if (state !== 'undone') await runtime.client.call('undoLanding', { parameters: { id, landingId }, body: {} });
    }
  }
  await runtime.kill();
});

test.run();
