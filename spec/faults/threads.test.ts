/** The writer's thread dies in the middle of a batch, by each of its ways to die, and what follows. */
import { Worker } from 'node:worker_threads';
import { equal, is, ok } from 'uvu/assert';
import type { HistoryEvent } from '../../actors/protocol/facts/events.ts';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { threadArguments } from '../../runtime/threads/thread-entries.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import {
  assertInOrder,
  closeWorlds,
  createWorld,
  ended,
  historyOf,
  type LogLine,
  type OpenRuntime,
  runsWithoutOneEnd,
  start,
} from '../support/world.ts';
import { steadyAgent } from './agents/steady.ts';
import type { WriterFault } from './support/faulty-writer.ts';
import { createRandom, isLong, say, seed } from './support/form.ts';

const test = suite('a writer that dies', { timeLimitMs: (isLong ? 60 : 5) * 60_000 });
test.after(closeWorlds);

const steady = steadyAgent(0.02);
const random = createRandom(seed);
const mostMegabytes = 64;

const faultyWriter = (fault: WriterFault): Worker =>
  new Worker(new URL('support/faulty-writer.ts', import.meta.url), {
    execArgv: threadArguments,
    workerData: fault,
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
  });

const count = (logged: readonly LogLine[], message: string): number =>
  logged.filter((line) => line.message === message).length;

for (const fault of ['throws', 'exits', 'runs out of memory'] as const) {
  for (const when of ['before', 'after'] as const) {
    test(`the writer ${fault} ${when} a COMMIT: another goes on, and nothing is lost or doubled`, async () => {
      const world = createWorld('writer');
      const commit = 5 + Math.floor(random() * 40);
      const runtime = await world.open({}, faultyWriter({ fault, commit, when }));
      const sessions = await Promise.all(Array.from({ length: 6 }, () => start(runtime, world, steady)));
      await until(
        'the writer was started again',
        () => count(runtime.logged, 'the writer thread was started again') === 1,
        {
          timeLimitMs: 120_000,
        },
      );
      ok(count(runtime.logged, 'the writer thread ended') === 1, 'the log says so');
      for (const { id } of sessions) await saysMore(runtime, id);
      for (const { id } of sessions) await runtime.interrupt(id);
      for (const { id } of sessions) {
        is((await ended(runtime, id)).status, 'Interrupted');
        const events = await historyOf(runtime, id);
        assertInOrder(events);
        equal(runsWithoutOneEnd(events), []);
        equal(repeated(saidIn(events)), []);
      }
      ok((await runtime.verify()).ok);
      equal(runtime.gaveUp, []);
      await world.close();
      say(`threads: the writer ${fault} ${when} COMMIT ${commit} (seed ${seed}): nothing lost, nothing doubled`);
    });
  }
}

/** What the agent said, each of it once: its texts are counted. */
const saidIn = (events: readonly HistoryEvent[]): readonly string[] =>
  events.map(({ payload }) => JSON.stringify(payload)).filter((text) => /thought|said/.test(text));

/** The writer may have died before the session's agent had begun: what comes from now on is what shows that it goes on. */
const saysMore = async (runtime: OpenRuntime, id: SessionId): Promise<void> => {
  const before = saidIn(await historyOf(runtime, id)).length;
  await until(`${id} says more`, async () => saidIn(await historyOf(runtime, id)).length > before + 2, {
    everyMs: 100,
  });
};

const repeated = (texts: readonly string[]): readonly string[] =>
  texts.filter((text, index) => texts.indexOf(text) !== index);

test.run();
