/** The clock on the wall jumps, and the machine sleeps: the order stays, no timer is stuck, and everything goes on. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { is, ok } from 'uvu/assert';
import { type Served, serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import {
  assertInOrder,
  aWhile,
  closeWorlds,
  createWorld,
  ended,
  gone,
  historyOf,
  rowOf,
  signal,
  spoke,
  start,
  type World,
} from '../support/world.ts';
import { steadyAgent } from './agents/steady.ts';
import { createWitness, type Witness } from './support/witness.ts';

const test = suite('the clock', { timeLimitMs: 5 * 60_000 });
test.after(closeWorlds);

const steady = steadyAgent(0.05);
const preload = fileURLToPath(new URL('support/wandering-clock.cjs', import.meta.url));
const hour = 3_600_000;
const day = 24 * hour;

/** A runtime whose clock goes where it is set. */
const serveWithClock = async (world: World): Promise<{ runtime: Served; setClock: (offsetMs: number) => void }> => {
  const file = join(dirname(world.directory.root), 'clock');
  writeFileSync(file, '0');
  process.env.WANDERING_CLOCK = file;
  process.env.NODE_OPTIONS = `--require=${preload}`;
  try {
    return { runtime: await serve(world.directory), setClock: (offsetMs) => writeFileSync(file, String(offsetMs)) };
  } finally {
    delete process.env.WANDERING_CLOCK;
    delete process.env.NODE_OPTIONS;
  }
};

const moreIsSeen = async (witness: Witness): Promise<void> => {
  const from = witness.position();
  await until('more events are seen', () => witness.position() > from + 20, { timeLimitMs: 60_000 });
};

test('it jumps back a day, forward a year, and an hour for the summer: the order stays, and everything goes on', async () => {
  const world = createWorld('clock');
  const { runtime, setClock } = await serveWithClock(world);
  const witness = createWitness(world.directory);
  witness.watch(runtime);
  const { id } = await start(runtime, world, steady);
  const begun = (await spoke(runtime, id)).occurredAt;
  for (const offset of [-day, 365 * day, -365 * day, hour, 0]) {
    setClock(offset);
    await moreIsSeen(witness);
    const last = (await rowOf(runtime, id)).lastActivityAt;
    ok(Math.abs(last - begun - offset) < hour / 2, `the clock is ${offset} off, and the runtime goes by it`);
    // A session begins, speaks and ends at any time; a command is answered.
    const other = await start(runtime, world, 'quick');
    is((await ended(runtime, other.id)).status, 'Completed');
    await runtime.rename(id, `at ${offset}`);
    // Its timers are those of the deadline of an interrupt.
    const stubborn = await start(runtime, world, 'hang');
    await spoke(runtime, stubborn.id);
    await runtime.interrupt(stubborn.id);
    is((await ended(runtime, stubborn.id)).status, 'Interrupted');
    assertInOrder(await historyOf(runtime, other.id));
  }
  assertInOrder(await historyOf(runtime, id));
  ok((await runtime.verify()).ok);
  // The next start is at another time than the last one.
  setClock(-30 * day);
  await runtime.kill();
  const { runtime: next, setClock: setNext } = await serveWithClock(world);
  setNext(-400 * day);
  is((await rowOf(next, id)).restored, true);
  await next.resume(id, 'Now make an end.');
  is((await ended(next, id)).status, 'Completed');
  witness.confront({ whole: true });
  is(await next.stop(), 0);
});

test('it jumps back while orphans are being stopped: they are stopped all the same', async () => {
  const world = createWorld('clock');
  const before = await serve(world.directory);
  const { id } = await start(before, world, 'stubborn');
  await spoke(before, id);
  await before.kill();
  is(world.agents(id).length, 1);
  const { runtime, setClock } = await serveWithClock(world);
  setClock(-day);
  await gone('the orphan', () => world.agents(id));
  await runtime.resume(id, 'Go on.');
  is((await ended(runtime, id)).status, 'Completed');
  is(await runtime.stop(), 0);
});

const isStopped = (pid: number): boolean => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
};

test('the machine sleeps and wakes: what ran goes on, and what is asked then is done', async () => {
  const world = createWorld('sleep');
  const runtime = await serve(world.directory);
  const witness = createWitness(world.directory);
  witness.watch(runtime);
  const { id } = await start(runtime, world, steady);
  const hanging = await start(runtime, world, 'hang');
  await spoke(runtime, id);
  await spoke(runtime, hanging.id);
  for (let night = 1; night <= 2; night += 1) {
    const all = [runtime.pid, ...world.agents()];
    for (const pid of all) signal(pid, 'SIGSTOP');
    await until('all are asleep', () => all.every(isStopped));
    await aWhile(1_500);
    for (const pid of all.reverse()) signal(pid, 'SIGCONT');
    await moreIsSeen(witness);
  }
  // Put to sleep in the midst of an interrupt, with its deadlines under way.
  const interrupting = runtime.interrupt(hanging.id);
  signal(runtime.pid, 'SIGSTOP');
  await aWhile(500);
  signal(runtime.pid, 'SIGCONT');
  await interrupting;
  is((await ended(runtime, hanging.id)).status, 'Interrupted');
  await runtime.interrupt(id);
  is((await ended(runtime, id)).status, 'Interrupted');
  is(await runtime.stop(), 0);
  witness.confront({ whole: true });
});

test.run();
