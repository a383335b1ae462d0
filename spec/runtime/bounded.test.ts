import { readFileSync } from 'node:fs';
import { is, ok } from 'uvu/assert';
import { Sqlite } from '../../actors/store/file/sqlite.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import {
  assertInOrder,
  aWhile,
  closeWorlds,
  createWorld,
  ended,
  historyOf,
  rowOf,
  saidIn,
  spoke,
  start,
} from '../support/world.ts';

const test = suite('a flood stays in its bed', { timeLimitMs: 180_000 });
test.after(closeWorlds);

const megabyte = 1024 * 1024;

/** Bytes that a process has written so far. */
const writtenBy = (pid: number): number =>
  Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1] ?? 0);

test('[law 12] one agent that floods neither stops another nor fills the memory', async () => {
  const world = createWorld('flood');
  const runtime = await world.open();
  const flood = world.script('flood', { steps: [{ do: 'flood', bytes: 150 * megabyte, eventCharacters: 400 }] });
  // With all threads loaded, which is no flood's doing.
  const first = await start(runtime, world, 'quick');
  await ended(runtime, first.id);
  const before = process.memoryUsage().rss;
  const flooding = await start(runtime, world, flood);
  await spoke(runtime, flooding.id);
  let highest = 0;
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 20);
  for (let time = 0; time < 3; time += 1) {
    const { id } = await start(runtime, world, 'quick');
    is((await ended(runtime, id)).status, 'Completed');
  }
  is((await rowOf(runtime, flooding.id)).status, 'Running', 'the flood went on meanwhile');
  await runtime.interrupt(flooding.id);
  is((await ended(runtime, flooding.id)).status, 'Interrupted');
  clearInterval(watch);
  const grown = Math.round((highest - before) / megabyte);
  ok(grown < 400, `the process grew by ${grown} MB`);
  assertInOrder(await historyOf(runtime, flooding.id));
  await world.close();
});

test('[law 12] while nothing can be written the agents are held back, and then everything is there', async () => {
  const world = createWorld('pause');
  const runtime = await world.open();
  const count = 30_000;
  const agent = world.script('steady', {
    steps: [
      {
        do: 'repeat',
        times: count / 10,
        steps: [
          { do: 'say', text: 'a'.repeat(2_000), chunkCharacters: 2_000, everyMs: 0 },
          { do: 'think', text: 'b', everyMs: 0 },
        ],
      },
    ],
  });
  const { id } = await start(runtime, world, agent);
  await spoke(runtime, id);
  const [pid = 0] = world.agents(id);
  const other = new Sqlite(world.directory.database);
  other.exec('BEGIN IMMEDIATE');
  // Held until the agent stands still: its pipe and its credit are full.
  const stillAt = await until('the agent is held back', async () => {
    const before = writtenBy(pid);
    await aWhile(300);
    return writtenBy(pid) === before && before;
  });
  const head = runtime.head();
  await aWhile(300);
  is(writtenBy(pid), stillAt, 'it writes nothing more');
  is(runtime.head(), head);
  ok(stillAt < 12 * megabyte, `${stillAt} bytes were on their way`);
  other.exec('ROLLBACK');
  other.close();
  is((await ended(runtime, id)).status, 'Completed');
  const events = await historyOf(runtime, id);
  assertInOrder(events);
  is(saidIn(events).length, (count / 10) * 2_000);
  is((await runtime.verify()).ok, true);
  await world.close();
});

test.run();
