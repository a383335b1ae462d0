import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { encodeFact, fact } from '../../../actors/protocol/facts/events.ts';
import type { RunId, Seq, SessionId } from '../../../actors/protocol/facts/ids.ts';
import {
  maxRemovedEvents,
  type WriterReply,
  type WriterRequest,
} from '../../../actors/protocol/threads/writer-messages.ts';
import { createMailbox } from '../../../actors/writer/mailbox.ts';
import { at, type LogWorld, message, newId, openLogWorld, prompt, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('removing a session in pieces', { timeLimitMs: 120_000 });

const removal = (sessionId: SessionId, requestId = 1): WriterRequest => ({
  kind: 'remove_session',
  requestId,
  sessionId,
  occurredAt: at(10),
});

const many = (count: number) => Array.from({ length: count }, (_, index) => message(`words ${index}`));

const eventsOf = (world: LogWorld): number =>
  Number(world.database.prepare('SELECT count(*) FROM session_events').pluck().get());

/** The next piece; whether it was the last. */
const removePiece = (world: LogWorld, sessionId: SessionId): boolean => {
  const [reply] = world.commit([removal(sessionId)]).replies;
  if (reply?.kind === 'answer' && reply.answer.kind === 'removed') return reply.answer.isWhole;
  throw new Error(`not removed: ${JSON.stringify(reply)}`);
};

const mustBeWhole = (world: LogWorld, when: string): void => {
  const report = world.queries.verify();
  assert.ok(report.ok, report.ok ? '' : `${when}: ${report.difference}`);
};

test('[law 17] a large session goes in pieces of a bounded size, and is no session any more from the first of them on', () => {
  let world = openLogWorld({ closesCleanly: false });
  const kept = world.openSession('kept');
  const { sessionId, runKey } = world.openSession('large');
  world.append(runKey, status('running'), ...many(1_500));
  world.append(kept.runKey, message('between'));
  world.append(runKey, ...many(1_500), status('completed'));
  world.beginRun(sessionId, [prompt('next'), status('running'), ...many(700)]);
  const all = eventsOf(world);
  let pieces = 0;
  let deleted = 0;
  for (let isWhole = false; !isWhole; ) {
    const before = eventsOf(world);
    isWhole = removePiece(world, sessionId);
    pieces += 1;
    // One is appended: the count until now, or the tombstone.
    const gone = before + 1 - eventsOf(world);
    assert.ok(gone <= maxRemovedEvents, `${gone} events in one transaction`);
    deleted += gone;
    mustBeWhole(world, `after piece ${pieces}`);
    assert.equal(
      world.queries.dashboard().rows.map(({ name }) => name),
      ['kept'],
    );
    assert.throws(() => world.queries.history(sessionId, null, 10), /there is no session/);
    assert.throws(() => world.queries.handle(sessionId), /there is no session/);
    assert.throws(() => world.beginRun(sessionId, [prompt('Hello?')]), /session.not_found/);
    world.append(kept.runKey, message('others go on'));
    // A crash here: what is not deleted yet is still being removed afterwards.
    world.close();
    world = openLogWorld({ path: world.path, startedAt: 1_000 * (pieces + 1), closesCleanly: false });
    mustBeWhole(world, `after piece ${pieces} and a restart`);
  }
  assert.is(pieces, 4);
  // What pieces deleted of each other's counts is counted, too.
  assert.is(deleted, all - 3 + (pieces - 1));
  const left = world.database
    .prepare<[], { type: string; payload: string }>(
      'SELECT type, payload FROM session_events JOIN runs USING (run_key) WHERE session_key = (SELECT session_key FROM sessions WHERE removed <> 0)',
    )
    .all();
  assert.equal(left, [{ type: 'session_removed', payload: JSON.stringify({ events: deleted }) }]);
  assert.ok(removePiece(world, sessionId), 'and once more is only answered');
  assert.is(world.queries.verify().sessions, 1);
  world.close();
});

test('[law 12] one transaction takes one piece of one removal, and what others send is acknowledged between pieces', () => {
  const world = openLogWorld();
  const [one, two] = [world.openSession('one'), world.openSession('two')];
  const other = world.openSession('other');
  for (const { runKey } of [one, two]) world.append(runKey, ...many(2_500));
  let scheduled: (() => void) | null = null;
  const heard: string[] = [];
  let gone = 0;
  const mailbox = createMailbox({
    commit: (requests) => {
      const before = eventsOf(world);
      const commit = world.commit(requests);
      gone = before - eventsOf(world);
      return commit;
    },
    onCommitted: () => {},
    onPaused: () => {},
    onResumed: () => {},
    onDamaged: () => {},
    schedule: (callback) => {
      scheduled = callback;
    },
    scheduleRetry: () => {},
  });
  const remover = {
    reply: (reply: WriterReply): void => {
      if (reply.kind !== 'answer' || reply.answer.kind !== 'removed') throw new Error(JSON.stringify(reply));
      heard.push(reply.answer.isWhole ? 'removed' : 'piece');
      const { requestId } = reply;
      const { sessionId } = requestId === 1 ? one : two;
      if (!reply.answer.isWhole) mailbox.post(remover, removal(sessionId, requestId));
    },
  };
  const sender = {
    reply: (reply: WriterReply): void => {
      if (reply.kind === 'acknowledged') heard.push(...reply.results.map(({ kind }) => kind));
    },
  };
  mailbox.post(remover, removal(one.sessionId, 1));
  mailbox.post(remover, removal(two.sessionId, 2));
  for (let seq = 2; scheduled !== null; seq += 1) {
    const drain: () => void = scheduled;
    scheduled = null;
    if (seq < 8) {
      const events = [encodeFact(message('me, too'))];
      mailbox.post(sender, { kind: 'append', batches: [{ runKey: other.runKey, firstSeq: seq as Seq, events }] });
    }
    drain();
    assert.ok(gone < maxRemovedEvents, `${gone} events in one transaction`);
  }
  assert.equal(heard.filter((what) => what === 'removed').length, 2);
  assert.ok(heard.indexOf('appended') < heard.indexOf('removed'), heard.join(' '));
  assert.equal(heard.filter((what) => what === 'appended').length, 6);
  mustBeWhole(world, 'afterwards');
  world.close();
});

test('[law 9] whatever happens between the pieces of removals, the log is whole after each of it', () => {
  const step = fc.record({
    session: fc.nat(1),
    do: fc.constantFrom('piece', 'piece', 'late', 'other', 'restart', 'begin', 'abandon', 'worktree'),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 4, maxLength: 14 }), (steps) => {
      let world = openLogWorld({ closesCleanly: false });
      const other = world.openSession('other');
      const sessions = [world.openSession('a'), world.openSession('b')];
      for (const { runKey } of sessions) {
        world.append(runKey, status('running'), ...many(900));
        world.append(other.runKey, message('between'));
        world.append(runKey, ...many(900));
      }
      let lives = 1;
      for (const { session: index, do: what } of steps) {
        const session = sessions[index];
        if (session === undefined) continue;
        const { sessionId, runKey, sessionKey } = session;
        if (what === 'piece') removePiece(world, sessionId);
        else if (what === 'other') world.append(other.runKey, message('others go on'));
        else if (what === 'late') {
          // What its agent said last is stored, or its run is gone.
          const lastSeq = world.log.run(runKey)?.state.lastSeq ?? 0;
          const events = [encodeFact(status('running')), encodeFact(message('late'))];
          world.commit([{ kind: 'append', batches: [{ runKey, firstSeq: (lastSeq + 1) as Seq, events }] }]);
        } else if (what === 'restart') {
          lives += 1;
          world.close();
          world = openLogWorld({ path: world.path, startedAt: 10_000 * lives, closesCleanly: false });
        } else {
          const next = {
            begin: fact('removal_begun', { force: true, keepUnder: null }, at(9)),
            abandon: fact('removal_abandoned', { reason: 'its folder is busy' }, at(9)),
            worktree: fact('worktree_removed', { path: '/worktree', parkedRef: null }, at(9)),
          }[what];
          for (const _ of ['sent', 'sent again']) {
            world.commit([{ kind: 'record_removal', requestId: 1, sessionId, event: encodeFact(next) }]);
          }
          const isListed = world.queries.dashboard().rows.some(({ id }) => id === sessionId);
          assert.is(isListed, world.log.session(sessionKey).removal === 'none');
        }
        mustBeWhole(world, what);
      }
      world.close();
    }),
    { numRuns: 12 },
  );
});

test('a removal that was begun hides its session until it is abandoned, and each step counts once', () => {
  const world = openLogWorld();
  const { sessionId, sessionKey, ledgerRunKey } = world.openSession('asked for');
  const record = (next: Parameters<typeof encodeFact>[0]): void =>
    void world.commit([{ kind: 'record_removal', requestId: 1, sessionId, event: encodeFact(next) }]);
  const begun = fact('removal_begun', { force: false, keepUnder: null }, at(9));
  record(begun);
  const lastSeq = world.log.run(ledgerRunKey)?.state.lastSeq;
  record(begun);
  assert.is(world.log.run(ledgerRunKey)?.state.lastSeq, lastSeq);
  assert.equal(world.queries.dashboard().rows, []);
  assert.equal(world.queries.dashboardRows([sessionKey]), { rows: [], gone: [sessionId] });
  const next = () =>
    world.commit([
      { kind: 'begin_run', requestId: 1, sessionId, runId: newId() as RunId, events: [], closeOpenRun: [] },
    ]).replies[0];
  const refused = next();
  assert.is(
    refused?.kind === 'answer' && refused.answer.kind === 'failed' && refused.answer.error.code,
    'session.not_found',
  );
  record(fact('removal_abandoned', { reason: 'its folder is busy' }, at(9)));
  assert.equal(
    world.queries.dashboard().rows.map(({ name }) => name),
    ['asked for'],
  );
  mustBeWhole(world, 'abandoned');
  world.close();
});

test('[law 5] a session that was in flight when its removal began is restored, should the removal be abandoned', () => {
  const first = openLogWorld({ closesCleanly: false });
  const { sessionId, runKey } = first.openSession('in flight');
  first.append(runKey, status('running'));
  const record = (world: LogWorld, next: Parameters<typeof encodeFact>[0]): void =>
    void world.commit([{ kind: 'record_removal', requestId: 1, sessionId, event: encodeFact(next) }]);
  record(first, fact('removal_begun', { force: true, keepUnder: null }, at(9)));
  first.close();
  const next = openLogWorld({ path: first.path, startedAt: 5_000 });
  assert.equal(next.queries.dashboard().rows, []);
  record(next, fact('removal_abandoned', { reason: 'its folder is busy' }, at(10)));
  assert.equal(
    next.queries.dashboard().rows.map((row) => [row.status, row.restored]),
    [['Running', true]],
  );
  mustBeWhole(next, 'abandoned after a restart');
  next.close();
});

test.run();
