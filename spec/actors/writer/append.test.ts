import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { encodeFact } from '../../../actors/protocol/facts/events.ts';
import type { RunKey, Seq, SessionId } from '../../../actors/protocol/facts/ids.ts';
import type { AppendBatch, AppendResult } from '../../../actors/protocol/threads/writer-messages.ts';
import { type LogWorld, message, openLogWorld, resultOf, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('append');

const batch = (runKey: RunKey, firstSeq: number, ...texts: readonly string[]): AppendBatch => ({
  runKey,
  firstSeq: firstSeq as Seq,
  events: texts.map((text) => encodeFact(message(text))),
});

const append = (world: LogWorld, ...batches: readonly AppendBatch[]): readonly AppendResult[] => {
  const [reply] = world.commit([{ kind: 'append', batches }]).replies;
  return reply?.kind === 'acknowledged' ? reply.results : [];
};

const texts = (world: LogWorld, id: SessionId): readonly string[] =>
  world.queries
    .history(id, { run: 1, seq: 0 }, 1_000)
    .events.filter((event) => event.type === 'message')
    .map((event) => (event.payload as { text: string }).text);

test('[law 2] positions are gapless over everything and seqs per run, from 1', () => {
  const world = openLogWorld();
  const [one, two] = [world.openSession('one'), world.openSession('two')];
  append(world, batch(one.runKey, 2, 'a', 'b'), batch(two.runKey, 2, 'c'));
  append(world, batch(one.runKey, 4, 'd'));
  const { events } = world.queries.eventsAfter(0 as never, { limit: 100 });
  assert.equal(
    events.map(({ event }) => event.position),
    events.map((_, index) => index + 1),
  );
  for (const session of [one, two]) {
    const seqs = world.queries.history(session.sessionId, { run: 1, seq: 0 }, 100).events.map((event) => event.seq);
    assert.equal(
      seqs,
      seqs.map((_, index) => index + 1),
    );
  }
  world.close();
});

test('[law 3] a batch that is sent again is acknowledged and not stored twice', () => {
  const world = openLogWorld();
  const { runKey, sessionId } = world.openSession();
  assert.is(append(world, batch(runKey, 2, 'a', 'b'))[0]?.kind, 'appended');
  const again = append(world, batch(runKey, 2, 'a', 'b'))[0];
  assert.equal([again?.kind, again?.lastSeq], ['duplicate', 3]);
  assert.equal(texts(world, sessionId), ['a', 'b']);
  world.close();
});

test('what a dead thread had posted is refused whole once its run was ended for it, whatever its numbers', () => {
  const world = openLogWorld();
  const { runKey, sessionId } = world.openSession();
  append(world, batch(runKey, 2, 'a'));
  world.commit([
    { kind: 'settle_run', requestId: 1, runKey, events: [encodeFact(status('failed', 'its thread died'))] },
  ]);
  // The first is in the place of the end; the second would come right behind it.
  const [first, second] = append(world, batch(runKey, 3, 'b'), batch(runKey, 4, 'c'));
  assert.equal([first?.kind, second?.kind], ['refused', 'refused']);
  assert.equal(texts(world, sessionId), ['a']);
  // What was acknowledged is still known.
  assert.is(append(world, batch(runKey, 2, 'a'))[0]?.kind, 'duplicate');
  world.close();
});

test('the key of a removed run is given to no other, so that nothing meant for the one reaches the other', () => {
  const world = openLogWorld();
  const removed = world.openSession('removed');
  const failed = encodeFact(status('failed', 'its thread died'));
  world.commit([{ kind: 'settle_run', requestId: 1, runKey: removed.runKey, events: [failed] }]);
  const { sessionId } = removed;
  world.commit([{ kind: 'remove_session', requestId: 2, sessionId, occurredAt: failed.occurredAt }]);
  const next = world.openSession('next');
  assert.ok(next.ledgerRunKey > removed.runKey && next.runKey > removed.runKey);
  assert.is(append(world, batch(removed.runKey, 2, 'late'))[0]?.kind, 'refused');
  assert.is(append(world, batch(next.runKey, 2, 'a'))[0]?.kind, 'appended');
  assert.equal(texts(world, next.sessionId), ['a']);
  world.close();
});

test('a batch that repeats some and adds some stores only what is new', () => {
  const world = openLogWorld();
  const { runKey, sessionId } = world.openSession();
  append(world, batch(runKey, 2, 'a', 'b'));
  assert.is(append(world, batch(runKey, 3, 'b', 'c'))[0]?.kind, 'appended');
  assert.equal(texts(world, sessionId), ['a', 'b', 'c']);
  world.close();
});

test('[law 3] a gap is refused and stores nothing', () => {
  const world = openLogWorld();
  const { runKey, sessionId } = world.openSession();
  const [result] = append(world, batch(runKey, 3, 'too far'));
  assert.is(result?.kind === 'refused' && result.error.code, 'append.gap');
  assert.equal(texts(world, sessionId), []);
  world.close();
});

test('other events in the same place are refused, and what was there stays', () => {
  const world = openLogWorld();
  const { runKey, sessionId } = world.openSession();
  append(world, batch(runKey, 2, 'a', 'b'));
  const [result] = append(world, batch(runKey, 2, 'a', 'other', 'c'));
  assert.is(result?.kind === 'refused' && result.error.code, 'append.conflict');
  assert.equal(texts(world, sessionId), ['a', 'b']);
  world.close();
});

test('one sender who is refused does not disturb the others of the same commit', () => {
  const world = openLogWorld();
  const [one, two] = [world.openSession('one'), world.openSession('two')];
  const results = append(world, batch(one.runKey, 9, 'gap'), batch(two.runKey, 2, 'fine'));
  assert.equal(
    results.map((result) => result.kind),
    ['refused', 'appended'],
  );
  assert.equal(texts(world, two.sessionId), ['fine']);
  world.close();
});

test('[law 6] a run has one terminal status, whoever reports first', () => {
  const world = openLogWorld();
  const { runKey, lastSeq, sessionId } = world.openSession();
  world.append(runKey, status('running'), status('completed'));
  const late = { runKey, firstSeq: (lastSeq + 3) as Seq, events: [encodeFact(status('failed', 'too late'))] };
  const [reply] = world.commit([{ kind: 'append', batches: [late] }]).replies;
  const result = resultOf(reply);
  assert.is(result?.kind === 'refused' && result.error.code, 'append.run_ended');
  const settled = world.commit([
    { kind: 'settle_run', requestId: 7, runKey, events: [encodeFact(status('interrupted'))] },
  ]).replies[0];
  assert.is(settled?.kind === 'answer' && settled.answer.kind === 'settled' && settled.answer.outcome, 'completed');
  assert.is(world.queries.session(sessionId).status, 'Completed');
  // Two in one batch are refused whole.
  const other = world.openSession();
  const both = [encodeFact(status('failed', 'first')), encodeFact(status('completed'))];
  const twice = world.commit([
    { kind: 'append', batches: [{ runKey: other.runKey, firstSeq: 2 as Seq, events: both }] },
  ]);
  assert.is(resultOf(twice.replies[0])?.kind, 'refused');
  assert.is(world.queries.session(other.sessionId).status, 'Starting');
  world.close();
});

test('what comes late is kept in its run and moves the session no more', () => {
  const world = openLogWorld();
  const { runKey, sessionId } = world.openSession();
  world.append(runKey, status('running'), status('completed'), message('one more thing'));
  assert.equal(texts(world, sessionId), ['one more thing']);
  assert.is(world.queries.session(sessionId).status, 'Completed');
  assert.ok(world.queries.verify().ok);
  world.close();
});

test('[law 3] commands that are sent again after a crash are recognised by what they name', () => {
  const world = openLogWorld();
  const request = {
    kind: 'open_session' as const,
    requestId: 1,
    sessionId: '00000000-0000-7000-9000-000000000001' as SessionId,
    ledgerRunId: '00000000-0000-7000-9000-000000000002' as never,
    ledger: [encodeFact(message('stands for the creation'))],
    runId: '00000000-0000-7000-9000-000000000003' as never,
    events: [encodeFact(message('stands for the prompt'))],
  };
  const before = world.commit([request]).position;
  const after = world.commit([{ ...request, requestId: 2 }]);
  assert.is(after.position, before);
  assert.is(after.replies[0]?.kind === 'answer' && after.replies[0].answer.kind, 'begun');
  world.close();
});

test('[law 21] an error of SQLite undoes the whole batch, and the next one goes on without a gap', () => {
  const world = openLogWorld();
  const { runKey, sessionId } = world.openSession();
  world.database.exec(
    "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.session_events BEGIN SELECT RAISE(ABORT, 'no'); END",
  );
  assert.throws(() => append(world, batch(runKey, 2, 'lost')), /no/);
  world.database.exec('DROP TRIGGER refuse');
  assert.is(append(world, batch(runKey, 2, 'kept'))[0]?.kind, 'appended');
  assert.equal(texts(world, sessionId), ['kept']);
  assert.ok(world.queries.verify().ok);
  world.close();
});

// A sender as a crash leaves it: it sends a window of its events again and again, from wherever it stood, in batches of
// any size, mixed with the windows of others. What it may not do is skip.
test('[law 3] whatever is sent again in whatever cuts, each event is stored exactly once and in order', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ run: fc.nat(2), back: fc.nat(5), length: fc.integer({ min: 1, max: 6 }) }), {
        maxLength: 40,
      }),
      (windows) => {
        const world = openLogWorld();
        const sessions = [world.openSession('a'), world.openSession('b'), world.openSession('c')];
        const stored = [0, 0, 0];
        for (const { run, back, length } of windows) {
          const session = sessions[run];
          const known = stored[run] ?? 0;
          if (session === undefined) continue;
          const from = Math.max(0, known - back);
          const sent = Array.from({ length }, (_, index) => `${run}/${from + index}`);
          const [result] = append(world, batch(session.runKey, from + 2, ...sent));
          stored[run] = Math.max(known, from + length);
          assert.ok(result?.kind === 'appended' || result?.kind === 'duplicate');
        }
        for (const [run, session] of sessions.entries()) {
          const expected = Array.from({ length: stored[run] ?? 0 }, (_, index) => `${run}/${index}`);
          assert.equal(texts(world, session.sessionId), expected);
        }
        assert.ok(world.queries.verify().ok);
        world.close();
      },
    ),
    { numRuns: 60 },
  );
});

test.run();
