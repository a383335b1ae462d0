/** How fast the log takes events, against the least that anybody has to do for it. */
import { join } from 'node:path';
import { type Bench, type Measure, times } from '../bench.ts';
import { type BenchThread, startThread } from '../bench-thread.ts';
import { figure } from '../figure.ts';
import { type PathRun, runPath } from '../path-run.ts';
import { ratios } from '../statistics.ts';
import type { FromRawThread, ToRawThread } from '../threads/raw-thread.ts';
import { migrationsFolder } from '../writer.ts';

const load = { sessions: 64, threads: 2, eventsPerSession: 3_000 };
const oneByOneEvents = 2_000;
const oneByOneLimitMs = 1_500;

const preparedRaw = async (
  bench: Bench,
  { databasePath, startPosition }: PathRun,
): Promise<BenchThread<ToRawThread, FromRawThread>> => {
  const raw = startThread<ToRawThread, FromRawThread>(bench.threads, 'raw');
  const path = join(bench.folder('raw'), 'throughline.db');
  await raw.ask({
    kind: 'prepare',
    recordedPath: databasePath,
    path,
    migrationsFolder,
    afterPosition: startPosition,
  });
  return raw;
};

const rawRate = async (bench: Bench, run: PathRun, request: ToRawThread): Promise<number> => {
  const raw = await preparedRaw(bench, run);
  const { events, elapsedMs } = await raw.ask(request);
  await raw.end();
  return (events / elapsedMs) * 1_000;
};

export const measureAppend: Measure = async (bench) => {
  const path: number[] = [];
  const withMachine: number[] = [];
  const raw: number[] = [];
  const oneByOne: number[] = [];
  const batches: number[] = [];
  for (const pair of times(bench.pairs)) {
    bench.say(`append: round ${pair + 1} of ${bench.pairs}`);
    const run = await runPath(bench, load);
    path.push(run.eventsPerSecond);
    batches.push(run.events / run.commits.length);
    raw.push(await rawRate(bench, run, { kind: 'replay', commits: run.commits }));
    oneByOne.push(await rawRate(bench, run, { kind: 'one_by_one', count: oneByOneEvents, limitMs: oneByOneLimitMs }));
    withMachine.push((await runPath(bench, { ...load, machine: true })).eventsPerSecond);
  }
  return [
    figure({
      name: 'append.vs_raw',
      says: 'acknowledged events/s through the whole path, divided by a bare loop of the same batches',
      values: ratios(path, raw),
      goal: { atLeast: 0.5 },
      details: { pathEventsPerSecond: path, rawEventsPerSecond: raw, eventsPerCommit: batches },
    }),
    figure({
      name: 'append.machine.vs_raw',
      says: 'the same with the run and machine of each session in the path, as an actor has them',
      values: ratios(withMachine, raw),
      details: { pathEventsPerSecond: withMachine, rawEventsPerSecond: raw },
    }),
    figure({
      name: 'append.vs_per_event_commit',
      says: 'acknowledged events/s through the whole path, divided by one transaction an event',
      values: ratios(path, oneByOne),
      goal: { atLeast: 20 },
      details: { pathEventsPerSecond: path, perEventCommitEventsPerSecond: oneByOne },
    }),
  ];
};
