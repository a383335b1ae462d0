/**
 * Many sessions at work at once, each with a real agent, for a long time: nothing is lost, nobody is left out, and the
 * memory does not grow with what was said. How long things take is told, not judged.
 *
 * THROUGHLINE_SECONDS sets for how long; the long form takes ten minutes. Only so long a time shows a slope: a heap of
 * twenty seconds is still on its way to its size, and all that can be held against it is how large it becomes.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { equal, is, ok } from 'uvu/assert';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { type Served, serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { until } from '../support/until.ts';
import { closeWorlds, createWorld, gone, start, type World } from '../support/world.ts';
import { madeAtOf, steadyAgent } from './agents/steady.ts';
import { isLong, say } from './support/form.ts';
import { lackOfMemoryFigures, memoryOf, peakMemoryOf } from './support/process-memory.ts';
import { type Sample, slopeOf } from './support/slope.ts';
import { milliseconds, timed } from './support/timed.ts';
import { createWitness } from './support/witness.ts';

const { sessionCount, pauseSeconds, usualSeconds, mostMegabytes } = isLong
  ? { sessionCount: 1_000, pauseSeconds: 1, usualSeconds: 600, mostMegabytes: 2_000 }
  : { sessionCount: 100, pauseSeconds: 0.2, usualSeconds: 20, mostMegabytes: 600 };
const seconds = Number(process.env.THROUGHLINE_SECONDS ?? usualSeconds);
const atOnce = 25;
/** The caches of the database, 32 MB for the writer alone, are full after five minutes; a leak goes on. */
const settlingShare = 0.5;
/** The memory may move by this share of itself in the whole time: a heap is swept now and then, not at once. */
const mostGrowth = 0.1;

const steady = steadyAgent(pauseSeconds);

const test = suite('many live sessions', { timeLimitMs: (isLong ? 60 : 10) * 60_000 });
test.after(closeWorlds);

test.unless(
  lackOfMemoryFigures,
  `${sessionCount} sessions at work for ${seconds} s: nothing is lost, nobody waits for ever, and the memory stays flat`,
  async () => {
    const world = createWorld('load');
    const runtime = await serve(world.directory);
    const delays: number[] = [];
    const lastHeard = new Map<string, number>();
    const witness = createWitness(world.directory, (told) => {
      lastHeard.set(told.sessionId, Date.now());
      const madeAt = madeAtOf(told.event);
      if (madeAt !== null) delays.push(performance.timeOrigin + performance.now() - madeAt);
    });
    witness.watch(runtime);

    const startedAt = Date.now();
    const sessions = await inTurns(Array.from({ length: sessionCount }), () => begin(runtime, world));
    await until('every session was heard', () => lastHeard.size === sessionCount, { timeLimitMs: 600_000 });
    const begunMs = Date.now() - startedAt;

    delays.length = 0;
    const from = witness.position();
    const measured = await watchFor(runtime, sessions[0]);
    const events = witness.position() - from;
    const heard = [...lastHeard.values()];
    const longestSilenceMs = Date.now() - Math.min(...heard);

    const settled = measured.memory.slice(Math.floor(measured.memory.length * settlingShare));
    const perMinute = slopeOf(settled);
    const [smallest, largest] = [Math.min, Math.max].map((pick) => pick(...settled.map(({ value }) => value)));
    say(
      `load: ${sessionCount} live sessions, begun in ${(begunMs / 1_000).toFixed(0)} s, at work for ${seconds} s: ${events} ` +
        `events, lost 0; from the agent to a reader of the tail ${milliseconds(delays)}; the dashboard's ${sessionCount} ` +
        `rows ${milliseconds(measured.dashboard)}; a rename ${milliseconds(measured.command)}`,
    );
    say(
      `load: memory between ${smallest?.toFixed(0)} and ${largest?.toFixed(0)} MB, ${perMinute.toFixed(2)} MB more each ` +
        `minute over ${settled.length} samples; ${peakMemoryOf(runtime.pid).toFixed(0)} MB at most`,
    );
    ok(longestSilenceMs < 60_000, `a session was silent for ${longestSilenceMs} ms`);
    const peak = peakMemoryOf(runtime.pid);
    ok(peak < mostMegabytes, `the memory came to ${peak.toFixed(0)} MB`);
    if (isLong) {
      const growth = (perMinute * seconds) / 60;
      const mean = settled.reduce((sum, { value }) => sum + value, 0) / settled.length;
      ok(growth < mean * mostGrowth, `the memory grew by ${growth.toFixed(1)} MB, of ${mean.toFixed(0)}`);
    }

    await inTurns(sessions, (id) => runtime.interrupt(id));
    await until(
      'all have ended',
      async () => (await runtime.dashboard()).rows.every(({ activeRunId }) => !activeRunId),
      {
        timeLimitMs: 300_000,
        everyMs: 500,
      },
    );
    const { rows } = await runtime.dashboard();
    is(rows.length, sessionCount);
    equal(
      rows.filter(({ status }) => status !== 'Interrupted').map(({ id, status }) => `${id} ${status}`),
      [],
    );
    is(await runtime.stop(), 0);
    witness.confront({ whole: true });
    await gone('the agents', () => world.agents());
  },
);

const begin = async (runtime: Served, world: World): Promise<SessionId> =>
  (await start(runtime, world, steady, { prompt: 'Work.' })).id;

/** Carries out what is asked of each, some of them at a time, as a person's script would. */
const inTurns = async <Item, Outcome>(
  items: readonly Item[],
  body: (item: Item) => Promise<Outcome>,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (let index = 0; index < items.length; index += atOnce) {
    outcomes.push(...(await Promise.all(items.slice(index, index + atOnce).map(body))));
  }
  return outcomes;
};

type Measured = {
  readonly memory: readonly Sample[];
  /** Milliseconds of each answer. */
  readonly dashboard: readonly number[];
  readonly command: readonly number[];
};

/** Looks at the memory once a second, and now and then asks what a person would ask. */
const watchFor = async (runtime: Served, id: SessionId | undefined): Promise<Measured> => {
  if (id === undefined) throw new Error('there is no session');
  const measured = { memory: [] as Sample[], dashboard: [] as number[], command: [] as number[] };
  const until = performance.now() + seconds * 1_000;
  for (let round = 0; performance.now() < until; round += 1) {
    measured.memory.push({ at: performance.now(), value: memoryOf(runtime.pid) });
    if (round % 5 === 0) measured.dashboard.push(await timed(() => runtime.dashboard()));
    measured.command.push(await timed(() => runtime.rename(id, `round ${round}`)));
    await delay(1_000);
  }
  return measured;
};

test.run();
