/** The disk fails: each system call of the writer in turn, as strace's fault injection has it, until none is left. */
import { join } from 'node:path';
import { equal, is, ok } from 'uvu/assert';
import { openQueries } from '../../actors/reader/open-queries.ts';
import { Sqlite } from '../../actors/store/file/sqlite.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { isLong, say, stride } from './support/form.ts';
import { lackOfStrace } from './support/strace.ts';
import { noFault, runTracedWriter, type Said } from './support/traced-writer.ts';

const test = suite('a disk that fails', { timeLimitMs: (isLong ? 120 : 10) * 60_000 });

const eventsPerProcess = 3;

const runWith = (path: string, fault: string, events = eventsPerProcess): Said =>
  runTracedWriter(path, fault, { events, files: [path, `${path}-wal`, `${path}-shm`] });

const lastNumber = (lines: readonly string[], word: string): number =>
  Number(
    lines
      .filter((line) => line.startsWith(`${word} `))
      .at(-1)
      ?.split(' ')[1] ?? 0,
  );

/** Everything that was acknowledged is there, nothing is there twice, and each row is what the log says. */
const confront = (path: string, lines: readonly string[], where: string): number => {
  const runKey = lastNumber(lines, 'run');
  const acknowledged = lastNumber(lines, 'acknowledged');
  const database = new Sqlite(path, { readonly: true });
  const stored = database
    .prepare<[number], number>('SELECT seq FROM session_events WHERE run_key = ? ORDER BY seq')
    .pluck()
    .all(runKey);
  const { events, last } = database
    .prepare<[], { events: number; last: number }>(
      'SELECT count(*) AS events, coalesce(max(position), 0) AS last FROM session_events',
    )
    .get() ?? { events: -1, last: -2 };
  database.close();
  ok(stored.length >= acknowledged, `${where}: ${acknowledged} were acknowledged, ${stored.length} are there`);
  equal(
    stored,
    stored.map((_, index) => index + 1),
    `${where}: the run has a gap`,
  );
  is(events, last, `${where}: positions have a gap`);
  const queries = openQueries(path, { runtimeIsAlive: false });
  const report = queries.verify();
  queries.close();
  ok(report.ok, `${where}: ${report.ok ? '' : report.difference}`);
  return acknowledged;
};

const sweeps: readonly (readonly [string, string])[] = [
  ['fsync,fdatasync', 'EIO'],
  ['pwrite64', 'ENOSPC'],
  ['pwrite64', 'EIO'],
  ['pread64', 'EIO'],
  ['ftruncate', 'EIO'],
  ['ftruncate', 'ENOSPC'],
];

for (const [call, error] of sweeps) {
  test.unless(lackOfStrace, `${call} fails with ${error} once, at each place in turn, and nothing is lost`, () => {
    const path = join(temporaryFolder('disk'), 'throughline.db');
    // Begins with a database that is there, so that the calls are those of opening, committing and closing it.
    is(runWith(path, noFault).exitCode, 0);
    let processes = 0;
    let failedToStart = 0;
    let paused = 0;
    let acknowledged = 0;
    for (let when = 1; ; when += stride(when, 24)) {
      const where = `${call} ${error} at ${when}`;
      const said = runWith(path, `${call}:error=${error}:when=${when}`);
      ok(!said.hung, `${where}: it hung, after ${said.lines.slice(-9).join(' ')}`);
      if (!said.injected) {
        is(said.exitCode, 0, said.error);
        break;
      }
      processes += 1;
      acknowledged += confront(path, said.lines, where);
      if (said.lines.some((line) => line.startsWith('paused'))) paused += 1;
      // What fails while it opens keeps it from starting, with an error that says so (SQLite takes an unreadable page for a
      // damaged one); what fails
      // later passes, or ends the writing until the next start.
      if (said.exitCode !== 0) {
        ok(
          !said.lines.includes('ready') || said.lines.some((line) => line === 'done' || line.startsWith('damaged')),
          `${where}: ${said.lines.slice(-9).join(' ')} ${said.error}`,
        );
        ok(
          /could not be opened|is damaged|malformed|disk I\/O|disk is full|readonly|closing/.test(said.error) ||
            said.lines.includes('done'),
          said.error,
        );
        failedToStart += 1;
      }
      const again = runWith(path, noFault, 1);
      is(again.exitCode, 0, `${where}: it does not open again: ${again.error}`);
      confront(path, again.lines, `${where}, opened again`);
    }
    ok(processes > 0, `there is no ${call} that could fail`);
    say(
      `disk: ${call} ${error} at each of ${processes} places: ${acknowledged} events acknowledged, 0 lost; ${paused} times it waited and went on, ${failedToStart} times it refused to start`,
    );
  });
}

test.run();
