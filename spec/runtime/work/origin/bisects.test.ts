import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is, ok } from 'uvu/assert';
import type { SessionId } from '../../../../actors/protocol/facts/ids.ts';
import { serve } from '../../../support/served.ts';
import { suite } from '../../../support/suite.ts';
import { until } from '../../../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  errorOf,
  happened,
  historyOf,
  type OpenRuntime,
  start,
  type World,
} from '../../../support/world.ts';
import { git } from '../../git/git-world.ts';

const test = suite('bisecting a session', { timeLimitMs: 120_000 });
test.after(closeWorlds);

/** Four runs, of which the third writes the fault; `flag` is there from the second on. */
const broken = async (world: World, runtime: OpenRuntime): Promise<SessionId> => {
  const script = world.script(
    'broken',
    ...['a', 'flag', 'fault', 'b'].map((name) => ({ steps: [{ do: 'edit' as const, path: name, text: `${name}\n` }] })),
  );
  const { id } = await start(runtime, world, script, { worktree: true });
  for (let run = 1; run <= 4; run += 1) {
    if (run > 1) await runtime.prompt(id, 'Go on.');
    await ended(runtime, id);
    await until('the run is kept', async () => (await runtime.work(id)).snapshots.length === 2 * run);
  }
  return id;
};

const search = async (runtime: OpenRuntime, id: SessionId, ...command: string[]) => {
  await runtime.bisect(id, { command, timeoutMs: 60_000 });
  return until('it has ended', async () => {
    const { bisect } = await runtime.work(id);
    return bisect?.ended != null && bisect;
  });
};

test('the first turn that fails is found by halves, and nothing of the person or the agent is touched', async () => {
  const world = createWorld('bisect');
  const runtime = await world.open();
  const id = await broken(world, runtime);
  const worktree = (await runtime.dashboard()).rows.find((row) => row.id === id)?.worktree.path ?? '';
  const before = [git(world.repository, 'worktree', 'list'), git(worktree, 'status', '--short')];

  const found = await search(runtime, id, 'test', '!', '-e', 'fault');
  is(found.ended?.outcome, 'found');
  is(found.ended?.snapshot, 6);
  is(found.ended?.run, 3);
  ok(found.tried.length < found.snapshots.length);
  const event = (await historyOf(runtime, id)).find(({ position }) => position === found.ended?.position);
  is(event?.type, 'snapshot_taken');

  is((await search(runtime, id, 'true')).ended?.outcome, 'never_fails');
  const always = await search(runtime, id, 'exit 3');
  equal([always.ended?.outcome, always.ended?.snapshot, always.tried[0]?.exitCode], ['always_fails', 1, 3]);
  is((await search(runtime, id, 'exit 125')).ended?.outcome, 'unclear');
  is((await search(runtime, id, 'no-such-program')).ended?.outcome, 'failed');
  const gap = await search(runtime, id, 'test -e fault && exit 1; test ! -e flag || exit 125');
  equal([gap.ended?.before, gap.ended?.snapshot], [2, 6]);

  equal([git(world.repository, 'worktree', 'list'), git(worktree, 'status', '--short')], before);
  equal(readdirSync(join(world.directory.root, 'bisect')), []);
});

test('it is cancelled, one at a time, and a session without runs has nothing to halve', async () => {
  const world = createWorld('bisect-cancel');
  const runtime = await world.open();
  const id = await broken(world, runtime);
  await runtime.bisect(id, { command: ['sleep 600'], timeoutMs: 600_000 });
  is((await errorOf(runtime.bisect(id, { command: ['true'], timeoutMs: 1_000 }))).code, 'session.busy');
  await runtime.cancelBisect(id);
  is((await runtime.work(id)).bisect?.ended?.outcome, 'cancelled');
  is((await errorOf(runtime.cancelBisect(id))).code, 'session.not_running');
  const other = await start(runtime, world, 'quick');
  await ended(runtime, other.id);
  is((await errorOf(runtime.bisect(other.id, { command: ['true'], timeoutMs: 1_000 }))).code, 'bisect.no_answer');
});

test('after SIGKILL in its midst the next start ends its processes, removes its folder, and says that it is lost', async () => {
  const world = createWorld('bisect-kill');
  const first = await world.open();
  const id = await broken(world, first);
  await first.stop();
  const served = await serve(world.directory);
  await served.client.call('bisect', { parameters: { id }, body: { command: ['touch begun; sleep 600'] } });
  const folder = join(world.directory.root, 'bisect', id);
  await until('a try is under way', async () => existsSync(join(folder, 'files', 'begun')));
  await served.kill();
  const runtime = await world.open();
  await happened(runtime, id, 'it is said to be lost', ({ type }) => type === 'bisect_ended');
  is((await runtime.work(id)).bisect?.ended?.outcome, 'lost');
  await until('its folder is gone', async () => !existsSync(folder));
  is((await search(runtime, id, 'test ! -e fault')).ended?.snapshot, 6);
});

test.run();
