import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { equal, is, ok } from 'uvu/assert';
import type { DashboardRow } from '../../../actors/protocol/gateway/dashboard.ts';
import type { Runtime } from '../../../runtime/surface.ts';
import { serve } from '../../support/served.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import {
  closeWorlds,
  createWorld,
  ended,
  field,
  happened,
  historyOf,
  rowOf,
  signal,
  spoke,
  start,
  type World,
} from '../../support/world.ts';

const test = suite('what an interrupted turn left running');
test.after(closeWorlds);

const small = fileURLToPath(new URL('agents/small.mjs', import.meta.url));
const agent = `acp:${process.execPath} ${small} leaves`;

const commandOf = (pid: number): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();

/** Those of a session's processes that run this. */
const running = (world: World, id: string, command: RegExp): readonly number[] =>
  world.agents(id).filter((pid) => command.test(commandOf(pid)));

type Steered = Pick<Runtime, 'startSession' | 'dashboard' | 'history' | 'interrupt'>;

/** A session whose turn was interrupted, and left a shell with two commands running. */
const interrupted = async (world: World, runtime: Steered): Promise<DashboardRow> => {
  const { id } = await start(runtime, world, agent);
  await spoke(runtime, id);
  await until('what it began runs', () => running(world, id, /^sleep 60[23]/u).length === 2);
  await runtime.interrupt(id);
  is((await ended(runtime, id)).status, 'Interrupted');
  return until('it is seen', async () => {
    const row = await rowOf(runtime, id);
    return row.leftRunning > 0 && row;
  });
};

test('[law 13] it is recorded, without the agent and its helpers, and ended when somebody asks for it', async () => {
  const world = createWorld('left-running');
  const runtime = await world.open();
  const { id, leftRunning } = await interrupted(world, runtime);
  const left = (await historyOf(runtime, id)).find(({ type }) => type === 'left_running');
  const processes = field(left, 'processes') as readonly { pid: number; startedAt: string; command: string }[];
  is(field(left, 'run'), 1);
  equal(processes.map(({ command }) => command).sort(), ['sh -c sleep 602 & sleep 603', 'sleep 602', 'sleep 603']);
  is(leftRunning, processes.length);
  ok(processes.every(({ startedAt }) => startedAt !== ''));
  equal(await runtime.endLeftRunning(id), { processes: 3 });
  is((await rowOf(runtime, id)).leftRunning, 0);
  equal(running(world, id, /sleep 60[23]/u), []);
  is(running(world, id, /^sleep 601/u).length, 1, "the agent's own helper runs on");
  equal(await runtime.endLeftRunning(id), { processes: 0 }, 'there is nothing more to end');
  is((await historyOf(runtime, id)).filter(({ type }) => type === 'left_running_ended').length, 1);
  await runtime.prompt(id, 'quick');
  is((await ended(runtime, id)).status, 'Completed', 'the agent lives and goes on');
  ok((await runtime.verify()).ok);
  await world.close();
});

test('[law 13] it ends with its session: at a stop, and when the session is removed', async () => {
  const world = createWorld('left-running-stop');
  const runtime = await world.open();
  const { id: removed } = await interrupted(world, runtime);
  const { id: kept } = await interrupted(world, runtime);
  await runtime.remove(removed, { force: true });
  equal(world.agents(removed), []);
  await world.close();
  equal(world.agents(), []);
  const next = await world.open();
  is((await rowOf(next, kept)).leftRunning, 0);
  const told = (await historyOf(next, kept)).find(({ type }) => type === 'left_running_ended');
  is(field(told, 'processes'), 3);
  await world.close();
});

test('what ends by itself is not said to run any more', async () => {
  const world = createWorld('left-running-itself');
  const runtime = await world.open();
  const { id } = await interrupted(world, runtime);
  for (const pid of running(world, id, /sleep 60[23]/u)) signal(pid, 'SIGKILL');
  await happened(runtime, id, 'that is seen', ({ type }) => type === 'left_running_ended');
  is((await rowOf(runtime, id)).leftRunning, 0);
  await world.close();
});

test('[law 13] after a SIGKILL of the runtime the next start stops it, and nothing is said to run', async () => {
  const world = createWorld('left-running-killed');
  const first = await serve(world.directory);
  const { id } = await interrupted(world, first);
  const { id: other } = await interrupted(world, first);
  await first.kill();
  ok(running(world, id, /sleep 60[23]/u).length > 0);
  // Of one everything has ended by the next start, as after a start of the machine.
  for (const pid of world.agents(other)) signal(pid, 'SIGKILL');
  await until('the other has nothing running', () => world.agents(other).length === 0);
  const next = await serve(world.directory);
  await until('nothing is said to run', async () =>
    (await next.dashboard()).rows.every(({ leftRunning }) => leftRunning === 0),
  );
  equal(world.agents(), []);
  const types = (await historyOf(next, id)).map(({ type }) => type);
  ok(types.includes('orphan_stopped'));
  ok((await historyOf(next, other)).some(({ type }) => type === 'left_running_ended'));
  const told = execFileSync(process.execPath, ['dist/throughline.js', 'end-left', id, '--data', world.directory.root], {
    encoding: 'utf8',
  });
  ok(told.endsWith('has nothing left running.\n'), told);
  await next.stop();
});

test.run();
