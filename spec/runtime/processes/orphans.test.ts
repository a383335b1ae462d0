import { spawn } from 'node:child_process';
import { equal, is, match, ok } from 'uvu/assert';
import { Sqlite } from '../../../actors/store/file/sqlite.ts';
import { isAlive } from '../../support/marked-processes.ts';
import { type Served, serve } from '../../support/served.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  gone,
  happened,
  historyOf,
  rowOf,
  signal,
  spoke,
  start,
  type World,
} from '../../support/world.ts';

const test = suite('agents that outlive their runtime', { timeLimitMs: 180_000 });
test.after(closeWorlds);

/** A process of somebody else; it ends with the test. */
const bystander = (environment: NodeJS.ProcessEnv = {}): number => {
  const child = spawn('sleep', ['600'], { env: { ...process.env, ...environment }, stdio: 'ignore', detached: true });
  const { pid } = child;
  if (pid === undefined) throw new Error('sleep is missing');
  child.unref();
  process.prependListener('exit', () => signal(pid, 'SIGKILL'));
  return pid;
};

const startOrphans = async (runtime: Served, world: World): Promise<{ orphan: string; stubborn: string }> => {
  const hanging = world.script('family', {
    steps: [
      { do: 'grandchild', group: 'same', ignoreSigterm: true },
      { do: 'grandchild', group: 'own' },
      { do: 'grandchild', group: 'own', ignoreSigterm: true },
      { do: 'hang', text: 'All there.', ignoreCancel: true, ignoreSigterm: true },
    ],
  });
  const orphan = await start(runtime, world, hanging);
  const stubborn = await start(runtime, world, 'stubborn');
  await happened(runtime, orphan.id, 'the family is complete', (event) =>
    JSON.stringify(event.payload).includes('All there.'),
  );
  await spoke(runtime, stubborn.id);
  return { orphan: orphan.id, stubborn: stubborn.id };
};

test('[law 13] after a crash they are all found and stopped, descendants too, and nobody else is', async () => {
  const world = createWorld('orphans');
  const before = await serve(world.directory);
  const { orphan, stubborn } = await startOrphans(before, world);
  const quick = await start(before, world, 'quick');
  await ended(before, quick.id);
  await before.kill();
  is(world.agents(orphan).length, 4);
  is(world.agents(stubborn).length, 1);

  // Of another data directory, of no mark at all, and one whose pid is in our log with another start time.
  const others = [
    bystander({ THROUGHLINE_RUN: `0123456789abcdef/${orphan}` }),
    bystander(),
    bystander({ THROUGHLINE_RUN: orphan }),
  ];
  const reused = bystander();
  const database = new Sqlite(world.directory.database);
  const changed = database
    .prepare(
      `UPDATE runs SET agent_pid = ? WHERE session_key = (SELECT session_key FROM sessions WHERE session_id = ?)
          AND agent_pid IS NOT NULL`,
    )
    .run(reused, quick.id);
  database.close();
  is(changed.changes, 1);

  const runtime = await world.open();
  await gone('the orphans', () => world.agents());
  for (const pid of [...others, reused]) ok(isAlive(pid), 'somebody else lives on');
  for (const id of [orphan, stubborn]) {
    const row = await until('the hint says so', async () => {
      const now = await rowOf(runtime, id);
      return now.recoveryHint?.includes('Its agent had lived on and was stopped.') && now;
    });
    is(row.status, 'Running');
    is(row.restored, true);
    const stopped = (await historyOf(runtime, id)).filter(({ type }) => type === 'orphan_stopped');
    is(stopped.length, 1);
    is(stopped[0]?.run, 0);
  }
  is((await rowOf(runtime, quick.id)).recoveryHint, null);
  await world.close();
});

test('a resume waits for the orphan to be gone, so that two agents never work in one folder', async () => {
  const world = createWorld('orphans');
  const before = await serve(world.directory);
  const { stubborn } = await startOrphans(before, world);
  await before.kill();
  const [orphan] = world.agents(stubborn);
  ok(orphan);
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'quick');
  await runtime.resume(stubborn as typeof id);
  is(isAlive(orphan), false);
  is((await ended(runtime, stubborn)).status, 'Completed');
  is((await runtime.verify()).ok, true);
  await world.close();
});

test('[law 13] what an agent leaves outside of its process group ends with its session, and at a stop', async () => {
  const world = createWorld('orphans');
  const runtime = await world.open();
  const removed = await start(runtime, world, 'orphan');
  const idle = await start(runtime, world, 'orphan');
  await ended(runtime, removed.id);
  await ended(runtime, idle.id);
  is(world.agents(removed.id).length, 3);
  await runtime.remove(removed.id, { force: false });
  equal(world.agents(removed.id), []);
  is(world.agents(idle.id).length, 3);
  await runtime.stop();
  equal(world.agents(), []);
});

test('a runtime whose agent started it does not end itself', async () => {
  const world = createWorld('orphans');
  const first = await serve(world.directory);
  const { id } = await start(first, world, 'quick');
  await ended(first, id);
  await first.kill();
  await gone('the agents', () => world.agents());
  const mark = process.env.THROUGHLINE_RUN;
  const { createHash } = await import('node:crypto');
  const ours = createHash('sha256').update(world.directory.root).digest('hex').slice(0, 16);
  process.env.THROUGHLINE_RUN = `${ours}/${id}`;
  try {
    const second = await serve(world.directory);
    is((await rowOf(second, id)).status, 'Completed');
    match(String((await second.client.call('health', {})).pid), String(second.pid));
    is(await second.stop(), 0);
  } finally {
    if (mark === undefined) delete process.env.THROUGHLINE_RUN;
    else process.env.THROUGHLINE_RUN = mark;
  }
});

test.run();
