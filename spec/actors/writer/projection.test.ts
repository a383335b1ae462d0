import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { fact, type RunFact } from '../../../actors/protocol/facts/events.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { isTerminal } from '../../../actors/protocol/facts/status.ts';
import { at, type LogWorld, message, openLogWorld, prompt, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';

const test = suite('session projection');

const rowOf = (world: LogWorld, id: SessionId) => {
  const row = world.queries.dashboard().rows.find((candidate) => candidate.id === id);
  assert.ok(row);
  return row;
};

const reopen = (world: LogWorld): LogWorld => {
  world.close();
  return openLogWorld({ path: world.path, startedAt: 50_000, closesCleanly: false });
};

const asked = (approvalId: string): RunFact =>
  fact('approval_requested', { approvalId, toolCallId: 'call', title: 'Write a file', options: [] }, at(4));
const resolved = (approvalId: string): RunFact =>
  fact('approval_resolved', { approvalId, outcome: 'allowed', by: 'person' }, at(5));
const interruptAsked: RunFact = fact('interrupt_requested', { attempt: 1 }, at(6));

test('[law 5] a start rewrites nothing that was in flight to failed: status kept, marks set', () => {
  for (const facts of [[], [status('starting')], [status('running')], [status('running'), interruptAsked]]) {
    let world = openLogWorld({ closesCleanly: false });
    const { sessionId, runKey } = world.openSession();
    if (facts.length > 0) world.append(runKey, ...facts);
    const before = rowOf(world, sessionId);
    world = reopen(world);
    const after = rowOf(world, sessionId);
    assert.equal([after.status, after.activity, after.failureReason], [before.status, before.activity, null]);
    assert.ok(after.restored);
    assert.ok((after.restoredAt ?? 0) >= 50_000);
    assert.match(after.recoveryHint ?? '', /ended unexpectedly .* Resume to continue\.$/);
    world.close();
  }
});

test('[law 5] restore metadata is in every row, and clears with the first new event of a run', () => {
  let world = openLogWorld({ closesCleanly: false });
  const running = world.openSession('running');
  world.append(running.runKey, status('running'));
  const done = world.openSession('done');
  world.append(done.runKey, status('running'), status('completed'));
  world = reopen(world);
  for (const row of world.queries.dashboard().rows) {
    for (const key of ['restored', 'restoredAt', 'recoveryHint']) assert.ok(key in row, key);
  }
  assert.equal([rowOf(world, done.sessionId).restored, rowOf(world, done.sessionId).recoveryHint], [false, null]);

  world.append(running.ledgerRunKey, fact('session_renamed', { name: 'renamed' }, at(9)));
  assert.ok(rowOf(world, running.sessionId).restored, 'an event of the ledger is no news of the run');
  world.append(running.runKey, message('here I am again'));
  const row = rowOf(world, running.sessionId);
  assert.equal([row.name, row.restored, row.restoredAt, row.recoveryHint], ['renamed', false, null, null]);
  assert.ok(world.queries.verify().ok);
  world.close();
});

test('the hint says how the runtime ended, what the session was doing, and that an orphan was stopped', () => {
  let world = openLogWorld({ closesCleanly: true });
  const waiting = world.openSession('waiting');
  world.append(waiting.runKey, status('running'), asked('a'));
  world = reopen(world);
  const { recoveryHint, pendingApprovals, activity } = rowOf(world, waiting.sessionId);
  assert.is(
    recoveryHint,
    'Throughline was stopped while this session waited for an approval, which has expired. Resume to continue.',
  );
  assert.equal([pendingApprovals, activity], [0, 'awaiting_approval']);
  world.append(waiting.ledgerRunKey, fact('orphan_stopped', { pid: 1, processes: 2 }, at(9)));
  assert.match(rowOf(world, waiting.sessionId).recoveryHint ?? '', /Its agent had lived on and was stopped\. Resume/);
  const first = rowOf(world, waiting.sessionId);
  world = reopen(world);
  assert.equal(rowOf(world, waiting.sessionId), first, 'a second restart keeps the marks of the first');
  assert.ok(world.queries.verify().ok);
  world.close();
});

test('approvals count while they can be answered, and the activity follows them', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession();
  world.append(runKey, status('starting'), status('running'));
  const seen = (): readonly unknown[] => {
    const { activity, pendingApprovals } = rowOf(world, sessionId);
    return [activity, pendingApprovals];
  };
  assert.equal(seen(), ['working', 0]);
  world.append(runKey, asked('a'), asked('b'));
  assert.equal(seen(), ['awaiting_approval', 2]);
  world.append(runKey, resolved('a'));
  assert.equal(seen(), ['awaiting_approval', 1]);
  world.append(runKey, resolved('b'));
  assert.equal(seen(), ['working', 0]);
  world.close();
});

test('only a failed row has a reason, on one line; a resume takes it away', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession();
  world.append(runKey, status('failed', `it\n  broke ${'x'.repeat(300)}`));
  const reason = rowOf(world, sessionId).failureReason ?? '';
  assert.is([...reason].length, 140);
  assert.match(reason, /^it broke x+…$/);
  world.beginRun(sessionId, [prompt('again', 'resume')]);
  const row = rowOf(world, sessionId);
  assert.equal([row.status, row.failureReason, row.runCount, row.resumeCount], ['Starting', null, 2, 1]);
  world.close();
});

test('the history over resumed runs neither drops nor doubles, and an abandoned run is closed before the next', () => {
  let world = openLogWorld({ closesCleanly: false });
  const { sessionId, runKey } = world.openSession();
  world.append(runKey, status('running'), message('one'));
  world = reopen(world);
  const next = world.beginRun(sessionId, [prompt('go on', 'continuation')], [status('interrupted', 'ended')]);
  world.append(next.runKey, status('running'), message('two'), status('completed'));
  const { events } = world.queries.history(sessionId, null, 100);
  assert.equal(
    events.map((event) => `${event.run}:${event.seq} ${event.type}`),
    [
      '0:1 session_created',
      '1:1 prompt',
      '1:2 status',
      '1:3 message',
      '1:4 status',
      '2:1 prompt',
      '2:2 status',
      '2:3 message',
      '2:4 status',
    ],
  );
  world.close();
});

test('[law 17] a removed session leaves a tombstone: its events are gone from the file, the positions still add up', () => {
  const world = openLogWorld();
  const kept = world.openSession('kept');
  const { sessionId, runKey } = world.openSession('gone');
  world.append(runKey, message('a secret to forget'), status('completed'));
  const headBefore = world.log.position();
  world.commit([{ kind: 'remove_session', requestId: 1, sessionId, occurredAt: at(10) }]);
  assert.equal(
    world.queries.dashboard().rows.map((row) => row.id),
    [kept.sessionId],
  );
  assert.ok(world.queries.dashboard().version > headBefore, 'a position that was seen is never given out again');
  assert.throws(() => world.queries.history(sessionId, null, 10), /there is no session/);
  const rest = world.database
    .prepare("SELECT count(*) FROM session_events WHERE payload LIKE '%secret%'")
    .pluck()
    .get();
  assert.is(rest, 0);
  assert.ok(world.queries.verify().ok);
  world.close();
});

const anyRunFact: fc.Arbitrary<RunFact> = fc.oneof(
  fc.constantFrom(
    status('starting'),
    status('running'),
    status('completed'),
    status('interrupted'),
    status('failed', 'broken'),
    interruptAsked,
    asked('a'),
    asked('b'),
    resolved('a'),
    resolved('b'),
    message('words'),
    fact('usage', { used: 5, size: 10, cost: { amount: 0.5, currency: 'USD' } }, at(7)),
    fact('note', { note: 'agent_started', pid: 4, startedAt: '77' }, at(8)),
  ),
);

type Step = {
  readonly session: number;
  readonly do: 'append' | 'next run' | 'rename' | 'orphan' | 'restart' | 'remove';
  readonly facts: readonly RunFact[];
};

// Whatever happens to sessions, in whatever order, the rows that the writer keeps are what the log gives when it is
// folded from its beginning: that is what `verify` compares.
test('[law 9] the projection is a fold of the log, for any sequence of events, runs, restarts and removals', () => {
  const step: fc.Arbitrary<Step> = fc.record({
    session: fc.nat(2),
    do: fc.oneof(
      { weight: 8, arbitrary: fc.constant('append' as const) },
      { weight: 3, arbitrary: fc.constant('next run' as const) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('rename' as const, 'orphan' as const, 'restart' as const, 'remove' as const),
      },
    ),
    facts: fc.array(anyRunFact, { minLength: 1, maxLength: 5 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      let world = openLogWorld({ closesCleanly: false });
      const sessions = [world.openSession('a'), world.openSession('b'), world.openSession('c')].map((begun) => ({
        ...begun,
        current: begun.runKey,
        removed: false,
      }));
      for (const { session: index, do: what, facts } of steps) {
        const session = sessions[index];
        if (session === undefined) continue;
        if (what === 'restart') {
          world = reopen(world);
          continue;
        }
        if (session.removed) continue;
        if (what === 'append') {
          const ended = world.log.run(session.current)?.state.outcome ?? null;
          const oneEnd = facts.filter(
            (next, at) =>
              next.type !== 'status' ||
              !isTerminal(next.payload.status) ||
              (ended === null &&
                facts.findIndex((other) => other.type === 'status' && isTerminal(other.payload.status)) === at),
          );
          if (oneEnd.length > 0) world.append(session.current, ...oneEnd);
        } else if (what === 'next run') {
          const isOpen = world.log.session(session.sessionKey).activeRunKey !== null;
          session.current = world.beginRun(
            session.sessionId,
            [prompt('next', 'resume')],
            isOpen ? [status('interrupted')] : [],
          ).runKey;
        } else if (what === 'remove') {
          world.commit([{ kind: 'remove_session', requestId: 1, sessionId: session.sessionId, occurredAt: at(10) }]);
          session.removed = true;
        } else {
          const ledgerFact =
            what === 'rename'
              ? fact('session_renamed', { name: 'another' }, at(9))
              : fact('orphan_stopped', { pid: 1, processes: 1 }, at(9));
          world.append(session.ledgerRunKey, ledgerFact);
        }
      }
      const report = world.queries.verify();
      assert.ok(report.ok, report.ok ? '' : report.difference);
      world.close();
    }),
    { numRuns: 80 },
  );
});

test('[law 9] choices are folded in the order they were made; a mode that the agent goes to is no choice any more', () => {
  const world = openLogWorld();
  const { sessionId, runKey, ledgerRunKey } = world.openSession();
  const chosen = (optionId: string, value: string | boolean) => fact('option_chosen', { optionId, value }, at(9));
  const detail = () => world.queries.session(sessionId);
  world.append(ledgerRunKey, chosen('model', 'small'), chosen('fast', true), chosen('mode', 'plan'));
  world.append(ledgerRunKey, chosen('model', 'big'));
  assert.equal(Object.entries(detail().choices), [
    ['fast', true],
    ['mode', 'plan'],
    ['model', 'big'],
  ]);
  assert.is(detail().mode, 'plan');
  world.append(ledgerRunKey, fact('agent_mode_learnt', { mode: 'code' }, at(10)));
  assert.equal(detail().choices, { fast: true, model: 'big' });
  assert.is(detail().mode, 'code');
  world.append(ledgerRunKey, chosen('model', ''));
  assert.equal(detail().choices, { fast: true }, 'a choice is taken back');
  const options = [{ id: 'fast', name: 'Fast', value: true }];
  world.append(runKey, fact('options', { options, asks: false }, at(11)));
  world.append(runKey, status('running'), status('completed'));
  world.append(runKey, fact('options', { options: [], asks: true }, at(12)));
  assert.is(rowOf(world, sessionId).asks, true, 'also after the end of the run');
  assert.equal(detail().options, []);
  assert.ok(world.queries.verify().ok);
  world.close();
});

test('[law 9] verify names the first row or event that was tampered with', () => {
  const tamperings: readonly (readonly [string, RegExp])[] = [
    ["UPDATE sessions SET status = 'failed'", /session .*: status is "failed", the log gives "running"/],
    ['UPDATE sessions SET pending_approvals = 3', /pending_approvals is 3/],
    ['UPDATE runs SET agent_pid = 99 WHERE ordinal = 1', /agent_pid is 99/],
    ['DELETE FROM session_events WHERE position = 3', /holds no event/],
    ["UPDATE session_events SET payload = '{}' WHERE position = 3", /position 3: the event is not what was written/],
  ];
  for (const [sql, difference] of tamperings) {
    const world = openLogWorld();
    const { runKey } = world.openSession();
    world.append(runKey, status('running'), message('words'));
    assert.ok(world.queries.verify().ok);
    world.database.exec(sql);
    const report = world.queries.verify();
    assert.match(report.ok ? 'nothing was found' : report.difference, difference);
    world.close();
  }
});

test.run();
