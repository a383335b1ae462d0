/** How long reading takes as the log grows: a page of a long history, the dashboard, and the proof of it all. */
import { statSync } from 'node:fs';
import type { HistoryPlace } from '../../actors/protocol/gateway/history-pages.ts';
import { openQueries } from '../../actors/reader/open-queries.ts';
import { type Measure, times } from '../bench.ts';
import { nowMs } from '../clock.ts';
import { figure } from '../figure.ts';
import { seedStore } from '../seed-store.ts';
import { quantile, ratios } from '../statistics.ts';

const historyEvents = 100_000;
const pageEvents = 200;
const pagesPerBlock = 30;
const blocksPerPair = 3;

const medianMs = (count: number, body: () => void): number =>
  quantile(
    times(count).map(() => {
      const from = nowMs();
      body();
      return nowMs() - from;
    }),
    0.5,
  );

export const measureHistory: Measure = async (bench) => {
  bench.say(`history: a session of ${historyEvents} events`);
  const { databasePath, sessions, events } = seedStore(bench.folder('history'), {
    sessions: 1,
    eventsPerSession: historyEvents,
    runsPerSession: 5,
  });
  const [id] = sessions;
  if (id === undefined) throw new Error('there is no session');
  const bytes = statSync(databasePath).size;
  const queries = openQueries(databasePath, { runtimeIsAlive: true });
  const perRun = historyEvents / 5;
  const lastPage: HistoryPlace = { run: 5, seq: perRun + 2 - pageEvents };
  if (queries.history(id, lastPage, pageEvents).events.length !== pageEvents) throw new Error('not the last page');
  const first: number[] = [];
  const last: number[] = [];
  for (const _ of times(bench.pairs * blocksPerPair)) {
    first.push(medianMs(pagesPerBlock, () => queries.history(id, null, pageEvents)));
    last.push(medianMs(pagesPerBlock, () => queries.history(id, lastPage, pageEvents)));
  }
  const verified: number[] = [];
  for (const repeat of times(Math.min(3, bench.pairs))) {
    bench.say(`verify: ${repeat + 1} of ${Math.min(3, bench.pairs)}`);
    const from = nowMs();
    const report = queries.verify();
    if (!report.ok) throw new Error(`verify finds: ${report.difference}`);
    verified.push((report.events / (nowMs() - from)) * 1_000);
  }
  queries.close();
  return [
    figure({
      name: 'history.last_vs_first',
      says: `the last page of ${pageEvents} in a session of 100,000 events, divided by the first`,
      values: ratios(last, first),
      goal: { atMost: 1.5 },
      details: { lastMs: last, firstMs: first },
    }),
    figure({
      name: 'verify.events_per_second',
      says: 'events folded again and compared with what is stored',
      unit: 'events/s',
      values: verified,
    }),
    figure({
      name: 'disk.bytes_per_event',
      says: 'the database file after its checkpoint, its payloads of about 270 bytes and its index included',
      unit: 'bytes',
      values: [bytes / events],
    }),
  ];
};

export const measureDashboard: Measure = async (bench) => {
  bench.say('dashboard: 10 and 1,000 sessions');
  const small = seedStore(bench.folder('small'), { sessions: 10, eventsPerSession: 20 });
  const large = seedStore(bench.folder('large'), { sessions: 1_000, eventsPerSession: 20 });
  const ten = openQueries(small.databasePath, { runtimeIsAlive: true });
  const thousand = openQueries(large.databasePath, { runtimeIsAlive: true });
  // The code of both is the same, so it should be as warm for the first figure as for the last.
  medianMs(200, () => ten.dashboard());
  const tenMs: number[] = [];
  const thousandMs: number[] = [];
  for (const _ of times(bench.pairs * blocksPerPair)) {
    tenMs.push(medianMs(50, () => ten.dashboard()));
    thousandMs.push(medianMs(9, () => thousand.dashboard()));
  }
  ten.close();
  thousand.close();
  return [
    figure({
      name: 'dashboard.1000_vs_10',
      says: 'a dashboard of 1,000 rows, divided by one of 10',
      values: ratios(thousandMs, tenMs),
      details: { thousandMs, tenMs },
    }),
  ];
};
