/** A migration that is killed at each of its system calls in turn: the next start ends it, and every event is there. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equal, is, ok } from 'uvu/assert';
import { openQueries } from '../../actors/reader/open-queries.ts';
import { Sqlite } from '../../actors/store/file/sqlite.ts';
import { suite } from '../support/suite.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { isLong, say, stride } from './support/form.ts';
import { lackOfStrace } from './support/strace.ts';
import { noFault, runTracedWriter } from './support/traced-writer.ts';

const test = suite('a migration that is killed', { timeLimitMs: (isLong ? 60 : 8) * 60_000 });

const versions = isLong ? ['0001', '0002', '0003'] : ['0001'];
const calls = ['pwrite64', 'fsync,fdatasync', 'rename,unlink,ftruncate'] as const;

const eventsOf = (path: string): readonly unknown[] => {
  const database = new Sqlite(path, { readonly: true });
  const rows = database.prepare('SELECT position, seq, type, payload FROM session_events ORDER BY position').all();
  database.close();
  return rows;
};

for (const version of versions) {
  for (const call of calls) {
    test.unless(lackOfStrace, `from schema ${version}, killed at each ${call}: nothing is lost`, () => {
      const old = fileURLToPath(new URL(`../databases/schema-${version}.db`, import.meta.url));
      let kills = 0;
      for (let when = 1; ; when += stride(when, 8)) {
        const path = join(temporaryFolder('migration'), 'throughline.db');
        copyFileSync(old, path);
        const before = eventsOf(path);
        ok(before.length > 0);
        const said = runTracedWriter(path, `${call}:signal=KILL:when=${when}`, { events: 1 });
        ok(!said.hung, `killed at ${call} ${when}: it hung`);
        const again = runTracedWriter(path, noFault, { events: 1 });
        is(again.exitCode, 0, `killed at ${call} ${when}: it does not open again: ${again.error.slice(0, 2_000)}`);
        equal(eventsOf(path).slice(0, before.length), before, `killed at ${call} ${when}`);
        const queries = openQueries(path, { runtimeIsAlive: false });
        const report = queries.verify();
        queries.close();
        ok(report.ok, `killed at ${call} ${when}: ${report.ok ? '' : report.difference}`);
        if (!said.injected) break;
        kills += 1;
      }
      ok(kills > 0, `there was no ${call} to be killed at`);
      say(`migration: from ${version}, killed at ${kills} of its ${call}: 0 events lost`);
    });
  }
}

test.run();
