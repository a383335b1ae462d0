/**
 * A list of very many sessions and a log of very many events: all that a person asks for is still answered, and the
 * memory does not grow with what is stored. How long things take is told, not judged.
 *
 * THROUGHLINE_EVENTS sets how many events the large log has; the short form has 100,000, the long form ten million.
 */
import { equal, is, ok } from 'uvu/assert';
import type { SessionId } from '../../actors/protocol/facts/ids.ts';
import { seedStore } from '../../bench/seed-store.ts';
import type { HistoryPlace } from '../../runtime/surface.ts';
import { type Served, serve } from '../support/served.ts';
import { suite } from '../support/suite.ts';
import { assertInOrder, closeWorlds, createWorld, ended, historyOf, request, type World } from '../support/world.ts';
import { isLong, say } from './support/form.ts';
import { lackOfMemoryFigures, peakMemoryOf } from './support/process-memory.ts';
import { milliseconds, timed } from './support/timed.ts';

const listed = isLong ? 10_000 : 2_000;
const atWork = 100;
const events = Number(process.env.THROUGHLINE_EVENTS ?? (isLong ? 10_000_000 : 100_000));
const eventsPerSession = Math.min(100_000, Math.ceil(events / 10));
const asked = isLong ? 50 : 10;
const pageLength = 200;
const mostMegabytes = 800;

const test = suite('a large store', { timeLimitMs: (isLong ? 120 : 10) * 60_000 });
test.after(closeWorlds);

test.unless(lackOfMemoryFigures, `a list of ${listed} sessions is shown whole, and one more begins in it`, async () => {
  const world = createWorld('many');
  const { sessions } = seedStore(world.directory.root, { sessions: listed, eventsPerSession: 10, atWork });
  const { runtime, startedMs } = await started(world);

  const answers: number[] = [];
  for (let time = 0; time < asked; time += 1) answers.push(await timed(() => runtime.dashboard()));
  const { rows } = await runtime.dashboard();
  equal(new Set(rows.map(({ id }) => id)), new Set<string>(sessions));
  is(rows.filter(({ restored }) => restored).length, atWork);

  await worksOn(runtime, world);
  is((await runtime.dashboard()).rows.length, listed + 1);
  const peak = peakMemoryOf(runtime.pid);
  say(
    `load: ${listed} sessions listed: started in ${startedMs.toFixed(0)} ms; the dashboard ` +
      `${milliseconds(answers)}; ${peak.toFixed(0)} MB at most`,
  );
  ok(peak < mostMegabytes, `the memory came to ${peak.toFixed(0)} MB`);
  is(await runtime.stop(), 0);
});

test.unless(
  lackOfMemoryFigures,
  `a log of ${events} events is read at every place, and one more session writes to it`,
  async () => {
    const world = createWorld('large');
    const count = Math.ceil(events / eventsPerSession);
    const seeded = seedStore(world.directory.root, { sessions: count, eventsPerSession, runsPerSession: 4, atWork: 3 });
    ok(seeded.events >= events);
    const { runtime, startedMs } = await started(world);

    const dashboard: number[] = [];
    for (let time = 0; time < asked; time += 1) dashboard.push(await timed(() => runtime.dashboard()));
    const pages: number[] = [];
    for (const id of seeded.sessions.slice(0, asked)) {
      // The beginning, the middle and the last of its runs.
      for (const place of [null, { run: 2, seq: Math.floor(eventsPerSession / 8) }, { run: 4, seq: 1 }]) {
        pages.push(await timed(() => isFollowed(runtime, id, place)));
      }
    }
    await worksOn(runtime, world);
    const peakOfUse = peakMemoryOf(runtime.pid);

    const verifiedMs = await timed(async () => {
      const report = await runtime.verify();
      ok(report.ok, report.ok ? '' : report.difference);
      is(report.lost, 0);
      is(report.sessions, count + 1);
      ok(report.events > seeded.events);
    });
    say(
      `load: a log of ${seeded.events} events in ${count} sessions: started in ${startedMs.toFixed(0)} ms; the dashboard ` +
        `${milliseconds(dashboard)}; ${pageLength} events at a place ${milliseconds(pages)}; verified in ` +
        `${(verifiedMs / 1_000).toFixed(1)} s; ${peakOfUse.toFixed(0)} MB at most, ${peakMemoryOf(runtime.pid).toFixed(0)} MB while it verified`,
    );
    ok(peakOfUse < mostMegabytes, `the memory came to ${peakOfUse.toFixed(0)} MB`);
    is(await runtime.stop(), 0);
  },
);

const started = async (world: World): Promise<{ runtime: Served; startedMs: number }> => {
  const from = performance.now();
  const runtime = await serve(world.directory);
  return { runtime, startedMs: performance.now() - from };
};

/** What comes after a place in a session's history, a page of it, begins right there and has no gap. */
const isFollowed = async (runtime: Served, id: SessionId, place: HistoryPlace | null): Promise<void> => {
  const { events: page } = await runtime.history(id, place, pageLength);
  is(page.length, pageLength);
  let { run, seq } = place ?? { run: 0, seq: 0 };
  for (const event of page) {
    [run, seq] = event.run === run ? [run, seq + 1] : [run + 1, 1];
    equal([event.run, event.seq], [run, seq]);
  }
};

/** A new session does its work from its beginning to its end. */
const worksOn = async (runtime: Served, world: World): Promise<void> => {
  const script = world.script('short', { steps: [{ do: 'say', text: 'Done.' }] });
  const { id } = await runtime.startSession(request(world, script));
  is((await ended(runtime, id)).status, 'Completed');
  assertInOrder(await historyOf(runtime, id));
};

test.run();
