/** A command that is refused half way: at every statement of every command. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { encodeFact, fact, type RunFact } from '../../../actors/protocol/facts/events.ts';
import type { EpochKey, RunId, RunKey, Seq, SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { BegunRun, WriterReply, WriterRequest } from '../../../actors/protocol/threads/writer-messages.ts';
import { type Database, Sqlite } from '../../../actors/store/file/sqlite.ts';
import { openStore } from '../../../actors/store/open-store.ts';
import { verifyLog } from '../../../actors/store/verify/verify-log.ts';
import { createCommit } from '../../../actors/writer/commit.ts';
import { openEpoch } from '../../../actors/writer/epoch.ts';
import { createLog } from '../../../actors/writer/log.ts';
import { at, created, message, migrationsFolder, prompt, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('all or nothing', { timeLimitMs: 120_000 });

const emptyDatabase = (): Buffer => {
  const path = join(temporaryFolder('whole'), 'throughline.db');
  openStore({ path, migrationsFolder, synchronous: 'NORMAL' }).close();
  const bytes = readFileSync(path);
  // A database in memory has no write-ahead log; these two bytes say that it wants one.
  bytes[18] = 1;
  bytes[19] = 1;
  return bytes;
};
const empty = emptyDatabase();

/** Says of each statement that is carried out whether it is refused. */
type Refusal = () => boolean;

/** What can be raised half way: a refusal, as of a damaged row, and a fault of ours that nobody thought of. */
const raised = [
  new ThroughlineError('session.damaged', 'refused by the test'),
  new TypeError('undefined is not a function, says the test'),
];

/** The database, with statements that raise now the one, now the other. */
const refusing = (database: Database, refuses: Refusal): Database => {
  let count = 0;
  return new Proxy(database, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== 'prepare') return typeof value === 'function' ? value.bind(target) : value;
      return (source: string) => {
        const statement = target.prepare(source);
        if (/^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)/.test(source)) return statement;
        return new Proxy(statement, {
          get: (inner, method) => {
            const found: unknown = Reflect.get(inner, method, inner);
            if (typeof found !== 'function') return found;
            return (...parameters: unknown[]): unknown => {
              if (!['run', 'get', 'all', 'iterate'].includes(String(method)))
                return Reflect.apply(found, inner, parameters);
              count += 1;
              if (refuses()) throw raised[count % 2];
              return Reflect.apply(found, inner, parameters);
            };
          },
        });
      };
    },
  });
};

/** A log in memory with three sessions, the same one each time: clock and ids are. */
const openWorld = (refuses: Refusal = () => false) => {
  const database = new Sqlite(empty);
  database.prepare('UPDATE store SET id = ?, created_at = 0').run(Buffer.alloc(16));
  const clock = () => at(1_000);
  const { epochKey } = openEpoch(database, {
    startPosition: createLog(database, 0 as EpochKey, clock).position(),
    startedAt: clock(),
    programVersion: 'test',
    pid: 1,
  });
  const store = refusing(database, refuses);
  const log = createLog(store, epochKey, clock);
  const commit = createCommit(store, log, epochKey);
  const sessions = ['a', 'b', 'c'].map((name) => begun(commit([opening(name)]).replies[0]));
  const append = (runKey: RunKey, facts: readonly RunFact[]): WriterRequest => ({
    kind: 'append',
    batches: [{ runKey, firstSeq: ((log.run(runKey)?.state.lastSeq ?? 0) + 1) as Seq, events: facts.map(encodeFact) }],
  });
  return { database, commit, sessions, append };
};
type World = ReturnType<typeof openWorld>;

const begun = (reply: WriterReply | undefined): BegunRun => {
  if (reply?.kind === 'answer' && reply.answer.kind === 'begun') return reply.answer.run;
  throw new Error(`not begun: ${JSON.stringify(reply)}`);
};

const opening = (name: string): WriterRequest => ({
  kind: 'open_session',
  requestId: 1,
  sessionId: `session ${name}` as SessionId,
  ledgerRunId: `ledger ${name}` as RunId,
  ledger: [encodeFact(created(name))],
  runId: `run ${name}` as RunId,
  events: [encodeFact(prompt())],
});

const commandKinds = [
  'open_session',
  'begin_run',
  'settle_run',
  'record_removal',
  'remove_session',
  'close_epoch',
] as const;

const commandOf = (kind: (typeof commandKinds)[number], { runKey }: BegunRun, name: string): WriterRequest => {
  const sessionId = `session ${name}` as SessionId;
  const end = [encodeFact(status('failed', 'its thread died'))];
  switch (kind) {
    case 'open_session':
      return opening('new');
    case 'begin_run': {
      const runId = `next run ${name}` as RunId;
      return { kind, requestId: 7, sessionId, runId, events: [encodeFact(prompt('go on'))], closeOpenRun: end };
    }
    case 'settle_run':
      return { kind, requestId: 7, runKey, events: end };
    case 'record_removal': {
      const event = encodeFact(fact('removal_begun', { force: false, keepUnder: null }, at(9)));
      return { kind, requestId: 7, sessionId, event };
    }
    case 'remove_session':
      return { kind, requestId: 7, sessionId, occurredAt: at(9) };
    case 'close_epoch':
      return { kind, requestId: 7, endedAt: at(9) };
  }
};

const everything = (database: Database): Readonly<Record<string, readonly unknown[]>> => {
  const tables = database.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all();
  return Object.fromEntries(tables.map((name) => [name, database.prepare(`SELECT * FROM ${name}`).all()]));
};

const mustBeWhole = (world: World, what: string): void => {
  const report = verifyLog(world.database);
  assert.ok(report.ok, report.ok ? '' : `${what}: ${report.difference}`);
};

const anyCase = fc.record({
  kind: fc.constantFrom(...commandKinds),
  session: fc.nat(2),
  /** Messages that the sessions hold beforehand. */
  held: fc.array(fc.nat(2), { maxLength: 6 }),
  /** Whose events come in the same batch, before the command and after it. */
  before: fc.nat(2),
  after: fc.nat(2),
});

test('[law 21] whichever statement of a command refuses it, nothing of it stays, and all else of its batch is whole', () => {
  let places = 0;
  const holds = ({
    kind,
    session,
    held,
    before,
    after,
  }: typeof anyCase extends fc.Arbitrary<infer Case> ? Case : never) => {
    const prepare = (world: World): { readonly first: WriterRequest; readonly command: WriterRequest } => {
      const runOf = (index: number): BegunRun => world.sessions[index] as BegunRun;
      for (const index of held) world.commit([world.append(runOf(index).runKey, [message('held')])]);
      return {
        first: world.append(runOf(before).runKey, [status('running'), message('before')]),
        command: commandOf(kind, runOf(session), ['a', 'b', 'c'][session] ?? ''),
      };
    };
    const rest = (world: World): readonly WriterRequest[] => [
      opening('another'),
      // Behind what the first may have appended to it.
      {
        kind: 'append',
        batches: [
          {
            runKey: (world.sessions[after] as BegunRun).runKey,
            firstSeq: (2 + held.filter((index) => index === after).length + (before === after ? 2 : 0)) as Seq,
            events: [encodeFact(message('after'))],
          },
        ],
      },
    ];

    const control = openWorld();
    const { first, command } = prepare(control);
    const [firstReply, ...restReplies] = control.commit([first, ...rest(control)]).replies;
    const without = everything(control.database);
    const reply = control.commit([command]).replies;
    const afterwards = everything(control.database);

    for (let place = 1; ; place += 1) {
      let isOn = false;
      let count = 0;
      let wasRefused = false;
      const world = openWorld(() => {
        if (!isOn) return false;
        count += 1;
        wasRefused ||= count === place;
        return count === place;
      });
      const prepared = prepare(world);
      const requests = [prepared.first, prepared.command, ...rest(world)];
      // Statements are counted from where the command is taken up to where the next request is.
      const switching = (index: number, on: boolean): void => {
        const request = requests[index];
        Object.defineProperty(requests, index, {
          get: () => {
            isOn = on;
            return request;
          },
        });
      };
      switching(1, true);
      switching(2, false);
      const replies = world.commit(requests).replies;
      if (!wasRefused) {
        world.database.close();
        break;
      }
      places += 1;
      const what = `${kind}, statement ${place}`;
      const answer = replies[1];
      assert.is(answer?.kind === 'answer' && answer.answer.kind, 'failed', what);
      assert.equal([replies[0], ...replies.slice(2)], [firstReply, ...restReplies], what);
      assert.equal(everything(world.database), without, what);
      mustBeWhole(world, what);
      assert.equal(world.commit([prepared.command]).replies, reply, `${what}: the same command again`);
      assert.equal(everything(world.database), afterwards, `${what}: the same command again`);
      mustBeWhole(world, `${what}, then again`);
      world.database.close();
    }
    control.database.close();
  };
  fc.assert(fc.property(anyCase, holds), {
    numRuns: 25,
    // Each command is tried, whatever chance picks.
    examples: commandKinds.map((kind) => [{ kind, session: 0, held: [0, 1, 0], before: 0, after: 0 }]),
  });
  assert.ok(places > 100, `${places} places`);
});

test('an append, which can only be refused before it writes, needs no savepoint', () => {
  const statements: string[] = [];
  const database = new Sqlite(empty, { verbose: (sql) => void statements.push(String(sql)) });
  const log = createLog(database, 0 as EpochKey, () => at(1_000));
  const commit = createCommit(database, log, 0 as EpochKey);
  database.prepare('INSERT INTO epochs VALUES (0, 0, 0, NULL, 0, ?, 1)').run('test');
  const { runKey } = begun(commit([opening('a')]).replies[0]);
  assert.ok(statements.some((sql) => sql.startsWith('SAVEPOINT')));
  statements.length = 0;
  const batch = (firstSeq: number) => ({ runKey, firstSeq: firstSeq as Seq, events: [encodeFact(message('more'))] });
  commit([{ kind: 'append', batches: [batch(2), batch(9), batch(3)] }]);
  assert.ok(statements.some((sql) => sql.startsWith('INSERT INTO session_events')));
  assert.equal(
    statements.filter((sql) => /SAVEPOINT|RELEASE|ROLLBACK/.test(sql)),
    [],
  );
  database.close();
});

test.run();
