import { readFileSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { encodeFact } from '../../../actors/protocol/facts/events.ts';
import type { RunId, RunKey, Seq, SessionId } from '../../../actors/protocol/facts/ids.ts';
import {
  maxCommitEvents,
  type WriterReply,
  type WriterRequest,
} from '../../../actors/protocol/threads/writer-messages.ts';
import { Sqlite } from '../../../actors/store/file/sqlite.ts';
import { createMailbox, type Sender } from '../../../actors/writer/mailbox.ts';
import { at, created, message, newId, openLogWorld, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('mailbox');

/** A mailbox over a real log, whose moments of commit and retry the test chooses. */
const openMailbox = (world = openLogWorld()) => {
  const scheduled: (() => void)[] = [];
  const retries: (() => void)[] = [];
  const commits: number[] = [];
  const notices: string[] = [];
  const mailbox = createMailbox({
    commit: (requests) => {
      commits.push(requests.length);
      return world.commit(requests);
    },
    onCommitted: () => notices.push('committed'),
    onPaused: () => notices.push('paused'),
    onDamaged: () => notices.push('damaged'),
    onResumed: () => notices.push('resumed'),
    schedule: (callback) => scheduled.push(callback),
    scheduleRetry: (callback) => retries.push(callback),
  });
  const runNext = (queue: (() => void)[]): void => queue.shift()?.();
  return { world, mailbox, commits, notices, tick: () => runNext(scheduled), retry: () => runNext(retries) };
};

const sender = (): Sender & { readonly replies: WriterReply[] } => {
  const replies: WriterReply[] = [];
  return { replies, reply: (reply) => replies.push(reply) };
};

const append = (runKey: RunKey, firstSeq: number, count = 1): WriterRequest => ({
  kind: 'append',
  batches: [
    {
      runKey,
      firstSeq: firstSeq as Seq,
      events: Array.from({ length: count }, (_, index) => encodeFact(message(`${firstSeq + index}`))),
    },
  ],
});

test('[law 1] whatever waits goes into one commit, and each sender gets one acknowledgement for its part', () => {
  const { world, mailbox, commits, tick } = openMailbox();
  const [one, two] = [world.openSession('one'), world.openSession('two')];
  const [first, second] = [sender(), sender()];
  mailbox.post(first, append(one.runKey, 2));
  mailbox.post(second, append(two.runKey, 2, 3));
  mailbox.post(first, append(one.runKey, 3));
  assert.equal([first.replies, second.replies], [[], []], 'nobody is answered before the commit');
  tick();
  assert.equal(commits, [3]);
  assert.equal(
    first.replies.map((reply) => reply.kind === 'acknowledged' && reply.results.map((result) => result.lastSeq)),
    [[2, 3]],
  );
  assert.is(second.replies.length, 1);
  world.close();
});

test('[law 12] a commit takes no more than its bound, and the rest follows in the next', () => {
  const { world, mailbox, commits, tick } = openMailbox();
  const { runKey } = world.openSession();
  const from = sender();
  const half = maxCommitEvents / 2;
  for (let index = 0; index < 5; index += 1) mailbox.post(from, append(runKey, 2 + index * half, half));
  tick();
  assert.equal([commits, mailbox.depth()], [[2], { requests: 3, events: 3 * half }]);
  tick();
  tick();
  assert.equal([commits, mailbox.depth()], [[2, 2, 1], { requests: 0, events: 0 }]);
  assert.ok(world.queries.verify().ok);
  world.close();
});

test('[law 1] a disk that refuses writes pauses the writer: appends wait and nothing is lost, a command is told', () => {
  const { world, mailbox, notices, tick, retry } = openMailbox();
  const { runKey, sessionId } = world.openSession();
  const from = sender();
  // SQLite itself says that the database is full.
  const pages = Number(world.database.pragma('page_count', { simple: true }));
  world.database.pragma(`max_page_count = ${pages}`);
  const long = encodeFact(message('x'.repeat(100_000)));
  mailbox.post(from, { kind: 'append', batches: [{ runKey, firstSeq: 2 as Seq, events: [long] }] });
  mailbox.post(from, { kind: 'remove_session', requestId: 5, sessionId, occurredAt: at(9) });
  tick();
  assert.equal(notices, ['paused']);
  const refusal = from.replies[0];
  assert.is(
    refusal?.kind === 'answer' && refusal.answer.kind === 'failed' && refusal.answer.error.code,
    'store.disk_full',
  );
  mailbox.post(from, { kind: 'remove_session', requestId: 6, sessionId, occurredAt: at(9) });
  assert.is(from.replies.length, 2, 'a command that comes meanwhile is refused at once');
  retry();
  assert.equal(notices, ['paused'], 'still full: said once, and tried again');
  world.database.pragma('max_page_count = 1000000');
  retry();
  assert.equal(notices, ['paused', 'resumed', 'committed']);
  assert.is(from.replies.at(-1)?.kind, 'acknowledged');
  assert.ok(world.queries.verify().ok);
  assert.is(world.log.run(runKey)?.state.lastSeq, 2);
  world.close();
});

test('a disk that refused nothing but commands is tried again with the next one', () => {
  const { world, mailbox, notices, tick, retry } = openMailbox();
  const { runKey, sessionId } = world.openSession();
  const from = sender();
  const remove = (requestId: number): WriterRequest => ({
    kind: 'remove_session',
    requestId,
    sessionId,
    occurredAt: at(9),
  });
  const kinds = () => from.replies.map((reply) => reply.kind === 'answer' && reply.answer.kind);
  world.database.exec('PRAGMA query_only = ON');
  mailbox.post(from, remove(1));
  tick();
  assert.equal([kinds(), notices], [['failed'], ['paused']]);
  mailbox.post(from, remove(2));
  assert.equal(kinds(), ['failed', 'failed'], 'refused at once, until it is time to try again');
  retry();
  mailbox.post(from, remove(3));
  tick();
  assert.equal(kinds(), ['failed', 'failed', 'failed'], 'tried, and still refused');
  world.database.exec('PRAGMA query_only = OFF');
  retry();
  mailbox.post(from, remove(4));
  tick();
  assert.equal(kinds(), ['failed', 'failed', 'failed', 'removed']);
  assert.is(notices.at(-1), 'committed');
  mailbox.post(from, append(runKey, 2));
  tick();
  const late = from.replies.at(-1);
  assert.is(late?.kind === 'acknowledged' && late.results[0]?.kind, 'refused', 'what comes late for it is refused');
  world.close();
});

test('a database that is busy, read-only or on a full disk is called what it is, also to whom comes while that lasts', () => {
  const { world, mailbox, tick, retry } = openMailbox();
  const { sessionId } = world.openSession();
  world.database.pragma('busy_timeout = 0');
  const other = new Sqlite(world.path);
  const pages = Number(world.database.pragma('page_count', { simple: true }));
  const troubles: readonly (readonly [string, RegExp, () => void, () => void])[] = [
    ['store.busy', /other program/, () => other.exec('BEGIN IMMEDIATE'), () => other.exec('ROLLBACK')],
    [
      'store.read_only',
      /writable/,
      () => world.database.pragma('query_only = ON'),
      () => world.database.pragma('query_only = OFF'),
    ],
    [
      'store.disk_full',
      /make room/,
      () => world.database.pragma(`max_page_count = ${pages}`),
      () => world.database.pragma('max_page_count = 1000000'),
    ],
  ];
  for (const [code, hint, begin, end] of troubles) {
    const from = sender();
    const open = (): WriterRequest => ({
      kind: 'open_session',
      requestId: 1,
      sessionId: newId() as SessionId,
      ledgerRunId: newId() as RunId,
      ledger: [encodeFact(created('x'.repeat(100_000)))],
      runId: newId() as RunId,
      events: [],
    });
    begin();
    mailbox.post(from, open());
    tick();
    mailbox.post(from, open());
    const told = from.replies.map((reply) =>
      reply.kind === 'answer' && reply.answer.kind === 'failed' ? reply.answer.error : null,
    );
    assert.equal(
      told.map((error) => error?.code),
      [code, code],
    );
    for (const error of told) assert.match(error?.hint ?? '', hint);
    end();
    retry();
    mailbox.post(from, open());
    tick();
    const last = from.replies.at(-1);
    assert.is(last?.kind === 'answer' && last.answer.kind, 'begun');
  }
  assert.ok(world.queries.session(sessionId));
  other.close();
  world.close();
});

test('the end of a run that nobody else can end waits for the disk as well', () => {
  const { world, mailbox, tick, retry } = openMailbox();
  const [one, two] = [world.openSession('one'), world.openSession('two')];
  const from = sender();
  world.database.pragma(`max_page_count = ${Number(world.database.pragma('page_count', { simple: true }))}`);
  const settle = (requestId: number, runKey: RunKey): WriterRequest => ({
    kind: 'settle_run',
    requestId,
    runKey,
    events: [encodeFact(message('x'.repeat(100_000))), encodeFact(status('failed', 'its thread died'))],
  });
  mailbox.post(from, settle(1, one.runKey));
  tick();
  mailbox.post(from, settle(2, two.runKey));
  assert.equal(from.replies, []);
  world.database.pragma('max_page_count = 1000000');
  retry();
  tick();
  assert.equal(
    from.replies.map((reply) => reply.kind === 'answer' && reply.answer.kind === 'settled' && reply.answer.outcome),
    ['failed', 'failed'],
  );
  world.close();
});

test('what follows a commit is no part of it: an error there does not have it tried again', () => {
  const world = openLogWorld();
  const { runKey } = world.openSession();
  const scheduled: (() => void)[] = [];
  let retries = 0;
  const mailbox = createMailbox({
    commit: world.commit,
    onCommitted: () => {
      throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' });
    },
    onPaused: () => {},
    onDamaged: () => {},
    onResumed: () => {},
    schedule: (callback) => scheduled.push(callback),
    scheduleRetry: () => {
      retries += 1;
    },
  });
  const from = sender();
  mailbox.post(from, append(runKey, 2));
  assert.throws(() => scheduled.shift()?.(), /disk I\/O error/);
  assert.is(from.replies.length, 1, 'it was acknowledged, for it is committed');
  assert.is(retries, 0);
  world.close();
});

test('a disk that refused only commands is tried by the next one, and the writer goes on', () => {
  const { world, mailbox, notices, tick, retry } = openMailbox();
  const { runKey, sessionId } = world.openSession();
  world.append(runKey, status('completed'));
  const from = sender();
  const pages = Number(world.database.pragma('page_count', { simple: true }));
  world.database.pragma(`max_page_count = ${pages}`);
  mailbox.post(from, {
    kind: 'begin_run',
    requestId: 1,
    sessionId,
    runId: newId() as RunId,
    events: [encodeFact(message('x'.repeat(100_000)))],
    closeOpenRun: [],
  });
  tick();
  assert.equal(notices, ['paused']);
  world.database.pragma('max_page_count = 1000000');
  retry();
  assert.equal(notices, ['paused', 'resumed']);
  mailbox.post(from, { kind: 'remove_session', requestId: 2, sessionId, occurredAt: at(9) });
  tick();
  const answer = from.replies.at(-1);
  assert.is(answer?.kind === 'answer' && answer.answer.kind, 'removed');
  world.close();
});

test('a damaged database is not written any more: commands are refused for good, appends are not acknowledged', () => {
  const filled = openLogWorld();
  const sessions = Array.from({ length: 100 }, (_, index) => filled.openSession(`session ${index} ${'x'.repeat(200)}`));
  for (const { runKey } of sessions) filled.append(runKey, status('completed'));
  filled.close();
  const bytes = readFileSync(filled.path);
  const index = sessions.findIndex((_, at) => at > 10 && bytes.includes(`session ${at} x`));
  const victim = sessions[index];
  if (victim === undefined) throw new Error('no session has a page');
  const page = Math.floor(bytes.lastIndexOf(`session ${index} x`) / 4096) * 4096;
  writeFileSync(filled.path, bytes.fill(0xff, page, page + 8));

  const { mailbox, notices, tick, world } = openMailbox(openLogWorld({ path: filled.path }));
  const from = sender();
  const last = sessions.at(-1);
  if (last === undefined) throw new Error('there is one');
  mailbox.post(from, append(last.runKey, 3));
  mailbox.post(from, { kind: 'remove_session', requestId: 1, sessionId: victim.sessionId, occurredAt: at(9) });
  tick();
  assert.equal(notices, ['damaged']);
  mailbox.post(from, { kind: 'remove_session', requestId: 2, sessionId: last.sessionId, occurredAt: at(9) });
  assert.equal(
    from.replies.map((reply) => reply.kind === 'answer' && reply.answer.kind === 'failed' && reply.answer.error.code),
    ['store.damaged', 'store.damaged'],
  );
  assert.is(mailbox.depth().events, 1, 'what an agent said waits');
  world.close();
});

test('a fault that is not of the disk ends the thread instead of being tried for ever', () => {
  const { world, mailbox, tick } = openMailbox();
  const { runKey } = world.openSession();
  world.database.exec(
    "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.session_events BEGIN SELECT RAISE(ABORT, 'no'); END",
  );
  mailbox.post(sender(), append(runKey, 2));
  assert.throws(tick, /no/);
  world.database.close();
});

test.run();
