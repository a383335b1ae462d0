/** How long an event takes to be acknowledged: one alone, and at a moderate load. */
import { join } from 'node:path';
import { type Measure, times } from '../bench.ts';
import { startThread } from '../bench-thread.ts';
import { figure } from '../figure.ts';
import { startPath } from '../path-run.ts';
import { quantile, ratios } from '../statistics.ts';
import type { FromRawThread, ToRawThread } from '../threads/raw-thread.ts';
import { migrationsFolder } from '../writer.ts';

const blocksPerPair = 3;
/** As people see it: nothing else goes on, and a moment passes before each event. */
const lone = { count: 60, pauseMs: 3 };
const moderate = { sessions: 64, threads: 2, eventsPerSecond: 5_000, seconds: 3 };

/** In blocks that take turns, so that both meet the same machine. */
export const measureAck: Measure = async (bench) => {
  const blocks = bench.pairs * blocksPerPair;
  bench.say(`ack: ${blocks} blocks of ${lone.count}`);
  const seed = await startPath(bench, { sessions: 1, threads: 1 });
  await seed.ask({ kind: 'saturate', eventsPerSession: blocks * lone.count + 10 });
  await seed.close();
  const raw = startThread<ToRawThread, FromRawThread>(bench.threads, 'raw');
  await raw.ask({
    kind: 'prepare',
    recordedPath: seed.databasePath,
    path: join(bench.folder('raw'), 'throughline.db'),
    migrationsFolder,
    afterPosition: seed.startPosition,
  });
  const path = await startPath(bench, { sessions: 1, threads: 1 });
  const acknowledged: number[] = [];
  const committed: number[] = [];
  for (const _ of times(blocks)) {
    const done = await path.ask({ kind: 'lone', ...lone });
    acknowledged.push(quantile(done[0]?.latenciesMs ?? [], 0.5));
    committed.push(quantile((await raw.ask({ kind: 'lone', ...lone })).latenciesMs, 0.5));
  }
  await path.close();
  await raw.end();
  return [
    figure({
      name: 'ack.vs_commit',
      says: "a lone event's acknowledgement, divided by a bare commit of such a row (p50 of both)",
      values: ratios(acknowledged, committed),
      goal: { atMost: 2 },
      details: { acknowledgedMs: acknowledged, commitMs: committed },
    }),
  ];
};

export const measureModerateLoad: Measure = async (bench) => {
  const p50: number[] = [];
  const p99: number[] = [];
  const { seconds, eventsPerSecond } = moderate;
  for (const repeat of times(bench.pairs)) {
    bench.say(`latency at ${eventsPerSecond} events/s: ${repeat + 1} of ${bench.pairs}`);
    const path = await startPath(bench, moderate);
    const share = { kind: 'steady', seconds, eventsPerSecond: eventsPerSecond / moderate.threads } as const;
    const latencies = (await path.ask(share)).flatMap((done) => done.latenciesMs);
    await path.close();
    p50.push(quantile(latencies, 0.5));
    p99.push(quantile(latencies, 0.99));
  }
  return [
    figure({
      name: 'ack.p99_at_5000',
      says: 'p99 of the acknowledgement while 64 sessions offer 5,000 events/s',
      unit: 'ms',
      values: p99,
      details: { p50Ms: p50 },
    }),
  ];
};
