import { readFileSync, writeFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import { encodeFact, fact } from '../../../actors/protocol/facts/events.ts';
import type { Seq, SessionId } from '../../../actors/protocol/facts/ids.ts';
import { openQueries } from '../../../actors/reader/open-queries.ts';
import { at, message, openLogWorld, resultOf, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('quarantine');

test('a session row that nobody wrote is shown as damaged, refused by itself, and the others go on', () => {
  let world = openLogWorld();
  const [bad, good] = [world.openSession('bad'), world.openSession('good')];
  world.append(good.runKey, status('running'));
  world.append(bad.runKey, status('running'));
  world.database.exec(`UPDATE sessions SET approvals = 'no json' WHERE session_id = '${bad.sessionId}'`);
  world.close();
  world = openLogWorld({ path: world.path });
  const rows = new Map(world.queries.dashboard().rows.map((row) => [row.id, row]));
  assert.is(rows.get(bad.sessionId)?.status, 'Failed');
  assert.is(rows.get(bad.sessionId)?.name, 'bad');
  assert.match(rows.get(bad.sessionId)?.failureReason ?? '', /damaged/);
  assert.ok(rows.get(good.sessionId)?.restored, 'the other one is restored');
  world.append(good.runKey, message('goes on'));
  const refused = world.commit([
    {
      kind: 'append',
      batches: [
        {
          runKey: bad.runKey,
          firstSeq: 3 as never,
          events: [{ type: 'note', payload: '{"note":"x"}', occurredAt: 1 as never }],
        },
      ],
    },
  ]).replies[0];
  const result = resultOf(refused);
  assert.is(result?.kind === 'refused' && result.error.code, 'session.damaged');
  assert.is(world.queries.history(bad.sessionId, null, 10).events.length, 3, 'its history can be read');
  const report = world.queries.verify();
  assert.match(report.ok ? '' : report.difference, new RegExp(`session ${bad.sessionId}: approvals is "no json"`));
  world.close();
});

/** Words that differ from ours in one letter: what a flipped bit leaves, or a program of another version. */
const flipped = ['runnino', 'faiLed', 'Running', 'completed ', 'cancelled', ''] as const;

for (const word of flipped) {
  test(`[law 5] the stored status ${JSON.stringify(word)} is never given a meaning, and nothing is stored in its place`, () => {
    let world = openLogWorld();
    const { sessionId, runKey, ledgerRunKey } = world.openSession('bad');
    world.append(runKey, status('running'));
    world.database.prepare('UPDATE sessions SET status = ? WHERE session_id = ?').run(word, sessionId);
    world.close();
    world = openLogWorld({ path: world.path });
    const [row] = world.queries.dashboard().rows;
    assert.match(row?.failureReason ?? '', /damaged/);
    assert.is(
      codeOf(() => world.queries.session(sessionId)),
      'session.damaged',
    );
    assert.is(
      codeOf(() => world.queries.handle(sessionId)),
      'session.damaged',
    );
    const rename = encodeFact(fact('session_renamed', { name: 'renamed' }, at(9)));
    const batch = { runKey: ledgerRunKey, firstSeq: 2 as Seq, events: [rename] };
    const result = resultOf(world.commit([{ kind: 'append', batches: [batch] }]).replies[0]);
    assert.is(result?.kind === 'refused' && result.error.code, 'session.damaged');
    const stored = world.database.prepare('SELECT status FROM sessions WHERE session_id = ?').pluck().get(sessionId);
    assert.is(stored, word);
    const report = world.queries.verify();
    assert.is(
      report.ok ? '' : report.difference,
      `session ${sessionId}: status is ${JSON.stringify(word)}, the log gives "running"`,
    );
    world.close();
  });
}

test('[law 9] verify compares what is stored with the log, and not what a lenient reading makes of it', () => {
  const world = openLogWorld();
  const { sessionId, runId, runKey } = world.openSession('bad');
  world.append(runKey, status('running'), status('failed', 'it broke'));
  const differences = (sql: string): string => {
    world.database.exec(sql);
    const report = world.queries.verify();
    world.database.exec("UPDATE sessions SET status = 'failed', approvals = '[]', removed = 0, mode = NULL");
    world.database.exec("UPDATE runs SET outcome = 'failed' WHERE ordinal = 1");
    assert.ok(world.queries.verify().ok);
    return report.ok ? 'ok' : report.difference;
  };
  const session = `session ${sessionId}: `;
  assert.is(
    differences("UPDATE sessions SET status = 'faiLed'"),
    `${session}status is "faiLed", the log gives "failed"`,
  );
  assert.is(differences("UPDATE sessions SET approvals = '[ ]'"), `${session}approvals is "[ ]", the log gives "[]"`);
  assert.is(differences('UPDATE sessions SET removed = 7'), `${session}removed is 7, the log gives 0`);
  assert.is(differences("UPDATE sessions SET mode = 'plan'"), `${session}mode is "plan", the log gives null`);
  assert.is(
    differences("UPDATE runs SET outcome = 'faiLed' WHERE ordinal = 1"),
    `run ${runId}: outcome is "faiLed", the log gives "failed"`,
  );
  world.close();
});

test('a session whose mark of removal is none of ours is not gone: it is shown as damaged', () => {
  const world = openLogWorld();
  const { sessionId, sessionKey } = world.openSession('bad');
  world.database.exec('UPDATE sessions SET removed = 7');
  const shown = [...world.queries.dashboard().rows, ...world.queries.dashboardRows([sessionKey]).rows];
  assert.equal(
    shown.map(({ id, name }) => [id, name]),
    [
      [sessionId, 'bad'],
      [sessionId, 'bad'],
    ],
  );
  for (const row of shown) assert.match(row.failureReason ?? '', /damaged/);
  assert.is(
    codeOf(() => world.queries.handle(sessionId)),
    'session.damaged',
  );
  assert.is(world.queries.history(sessionId, null, 10).events.length, 2, 'its history can be read');
  world.close();
});

test('a damaged row of a run concerns its session alone: the others are restored, and their agents looked for', () => {
  let world = openLogWorld({ closesCleanly: false });
  const [bad, good] = [world.openSession('bad'), world.openSession('good')];
  const agent = fact('note', { note: 'agent_started', pid: 4711, startedAt: 'then' }, at(2));
  for (const { runKey } of [bad, good]) world.append(runKey, agent, status('running'));
  world.database.exec(`UPDATE runs SET agent_started_at = NULL, outcome = 'faiLed' WHERE run_key = ${bad.runKey}`);
  world.close();
  world = openLogWorld({ path: world.path });
  const rows = new Map(world.queries.dashboard().rows.map((row) => [row.id, row]));
  assert.ok(rows.get(good.sessionId)?.restored);
  assert.is(
    codeOf(() => world.queries.session(bad.sessionId)),
    'session.damaged',
  );
  assert.is(world.queries.session(good.sessionId).runs.length, 2);
  world.close();
});

const codeOf = (ask: () => unknown): string => {
  try {
    ask();
    return 'nothing';
  } catch (thrown) {
    return thrown instanceof ThroughlineError ? thrown.code : String(thrown);
  }
};

test('an event whose payload is no JSON is shown as the text it is, with the rest around it', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession();
  world.append(runKey, message('one'), message('two'));
  world.database.exec("UPDATE session_events SET payload = '{broken' WHERE position = 3");
  const { events } = world.queries.history(sessionId, null, 10);
  assert.equal(events.map((event) => event.payload).slice(2), [{ unreadable: '{broken' }, { text: 'two' }]);
  world.close();
});

test('a damaged page of the file costs a history only the events on it, and says where they were', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession('long');
  for (let batch = 0; batch < 40; batch += 1) {
    world.append(
      runKey,
      ...Array.from({ length: 50 }, (_, index) => message(`${batch}/${index} ${'words '.repeat(20)}`)),
    );
  }
  world.close();
  const whole = readAll(world.path, sessionId);
  assert.is(whole.length, 2_002);
  // Somewhere in the middle of the file is a page of events: its head makes it unreadable.
  const bytes = readFileSync(world.path);
  const page = pageWith(bytes, '20/25 words');
  bytes.fill(0xff, page * 4096, page * 4096 + 8);
  writeFileSync(world.path, bytes);
  const left = readAll(world.path, sessionId);
  assert.equal(
    left.map(({ run, seq }) => [run, seq]),
    whole.map(({ run, seq }) => [run, seq]),
  );
  const lost = left.filter((event) => (event.payload as { note?: string }).note === 'event_lost');
  assert.ok(lost.length > 0 && lost.length < 60, `${lost.length} were lost`);
  assert.is(
    left.filter((event, index) => event.type === 'message' && JSON.stringify(event) !== JSON.stringify(whole[index]))
      .length,
    0,
  );
});

const pageWith = (bytes: Buffer, text: string): number => Math.floor(bytes.indexOf(text) / 4096);

const readAll = (path: string, id: SessionId) => {
  const queries = openQueries(path, { runtimeIsAlive: true });
  try {
    const forwards = queries.history(id, null, 5_000).events;
    const backwards = queries.historyBefore(id, null, 5_000).events;
    assert.equal(backwards.length, forwards.length);
    return forwards;
  } finally {
    queries.close();
  }
};

test.run();
