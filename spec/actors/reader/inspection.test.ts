import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { applyChanges } from '../../../actors/model/inspection/apply-changes.ts';
import { standingOf } from '../../../actors/model/inspection/replay.ts';
import { beginningOfRun, foldRun, machineHears } from '../../../actors/model/run/fold-run.ts';
import { decodeRunSnapshot, encodeRunSnapshot, factsBetweenSnapshots } from '../../../actors/model/run/run-snapshot.ts';
import { fact, type RunFact } from '../../../actors/protocol/facts/events.ts';
import { firstRunOrdinal, toOrdinal } from '../../../actors/protocol/facts/ids.ts';
import type { Step } from '../../../actors/protocol/gateway/inspection.ts';
import { at, message, openLogWorld, prompt, status } from '../../support/log-world.ts';
import { suite } from '../../support/suite.ts';
import { runFacts } from '../model/run/run-facts.ts';

const test = suite('inspection of the log', { timeLimitMs: 180_000 });

const call = (toolCallId: string): RunFact => fact('tool_call', { toolCallId }, at(5));
const result = (toolCallId: string): RunFact => fact('tool_result', { toolCallId, status: 'completed' }, at(6));

/** A run that is long enough for several snapshots, in the way the session actor records it. */
const longRun = (pairs: number): readonly RunFact[] => [
  status('starting'),
  status('running'),
  ...Array.from({ length: pairs }, (_, index) => [message('words'), call(`t${index}`), result(`t${index}`)]).flat(),
  status('completed'),
];

test('pages of steps are the replay of the whole run, wherever they begin, with snapshots or without', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession('long');
  const facts = longRun(1_200);
  let heard = 1;
  let machine = foldRun([prompt()]);
  for (let from = 0; from < facts.length; from += 500) {
    world.append(runKey, ...facts.slice(from, from + 500));
  }
  const reference = { id: sessionId, run: firstRunOrdinal };
  const read = (): readonly Step[] => {
    const steps: Step[] = [];
    for (let after = 0; ; ) {
      const page = world.queries.steps(reference, { after, limit: 377 });
      assert.equal(page.before, standingOf(foldRun([prompt(), ...facts].slice(0, after))), `before ${after + 1}`);
      steps.push(...page.steps);
      after = page.steps.at(-1)?.event.seq ?? after;
      if (after >= page.lastSeq) return steps;
    }
  };
  const without = read();
  assert.is(without.length, facts.length + 1);

  const insert = world.database.prepare('INSERT INTO run_snapshots (run_key, seq, snapshot) VALUES (?, ?, ?)');
  for (const [index, next] of facts.entries()) {
    machine = foldRun([next], machine);
    if (!machineHears(next.type)) continue;
    heard += 1;
    if (heard % factsBetweenSnapshots === 0) insert.run(runKey, index + 2, encodeRunSnapshot(machine));
  }
  assert.equal(read(), without);
  assert.equal(world.queries.verify().ok, true);
  world.close();
});

test('a snapshot that is not where the machine stood is found by verify, and named', () => {
  const world = openLogWorld();
  const { runKey, runId } = world.openSession('forged');
  world.append(runKey, ...longRun(2));
  world.database
    .prepare('INSERT INTO run_snapshots (run_key, seq, snapshot) VALUES (?, ?, ?)')
    .run(runKey, 5, encodeRunSnapshot(beginningOfRun()));
  const report = world.queries.verify();
  assert.is(report.ok, false);
  if (!report.ok) assert.is(report.difference, `run ${runId}: the snapshot at seq 5 is not where its machine stood`);
  world.close();
});

test('a snapshot of another machine, or a damaged one, is passed over', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession('older');
  world.append(runKey, ...longRun(3));
  const before = world.queries.steps({ id: sessionId, run: firstRunOrdinal }, { after: 6, limit: 3 });
  const insert = world.database.prepare('INSERT INTO run_snapshots (run_key, seq, snapshot) VALUES (?, ?, ?)');
  insert.run(runKey, 4, '{');
  insert.run(runKey, 5, JSON.stringify({ machine: 'another', status: 'active', value: 'nowhere', context: {} }));
  assert.equal(world.queries.steps({ id: sessionId, run: firstRunOrdinal }, { after: 6, limit: 3 }), before);
  assert.is(world.queries.verify().ok, true);
  world.close();
});

test('a snapshot reads back as it was written, for any run', () => {
  fc.assert(
    fc.property(fc.array(runFacts, { maxLength: 40 }), (facts) => {
      const machine = foldRun(facts);
      const read = decodeRunSnapshot(encodeRunSnapshot(machine) ?? '');
      assert.equal(read && standingOf(read), standingOf(machine));
      assert.is(read?.status, machine.status);
    }),
  );
});

test('the overview has every change of state and every mark, however it is cut', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession('overview');
  world.append(
    runKey,
    status('starting'),
    status('running'),
    message('words'),
    fact('approval_requested', { approvalId: 'a', toolCallId: 't', title: 'T', options: [] }, at(7)),
    fact('approval_resolved', { approvalId: 'a', outcome: 'allowed', by: 'person' }, at(8)),
    fact('error', { code: 'agent.exited', message: 'it exited' }, at(9)),
    status('failed', 'it exited'),
  );
  const reference = { id: sessionId, run: firstRunOrdinal };
  const whole = world.queries.overview(reference, 0);
  assert.equal(
    whole.stays.map(({ seq, states }) => [seq, ...states]),
    [
      [2, 'run.starting'],
      [3, 'run.running.working'],
      [5, 'run.running.awaitingApproval'],
      [6, 'run.running.working'],
      [8, 'run.failed'],
    ],
  );
  assert.equal(whole.stays[2]?.by, ['run.running.working approval_requested 0']);
  assert.equal(
    whole.marks.map(({ seq, kind }) => [seq, kind]),
    [
      [5, 'approval'],
      [7, 'error'],
      [8, 'end'],
    ],
  );
  assert.is(whole.upTo, 8);
  for (let cut = 0; cut <= 8; cut += 1) {
    const rest = world.queries.overview(reference, cut);
    assert.equal(
      rest.stays,
      whole.stays.filter(({ seq }) => seq > cut),
      `after ${cut}`,
    );
    assert.equal(
      rest.marks,
      whole.marks.filter(({ seq }) => seq > cut),
      `after ${cut}`,
    );
  }
  world.close();
});

test('the overview of a long run comes in parts, which together are the whole', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession('parts');
  const asked = Array.from({ length: 2_100 }, (_, index) => [
    fact('approval_requested', { approvalId: `a${index}`, toolCallId: 't', title: 'T', options: [] }, at(7)),
    fact('approval_resolved', { approvalId: `a${index}`, outcome: 'allowed', by: 'person' }, at(8)),
  ]).flat();
  world.append(runKey, status('starting'), status('running'), ...asked, status('completed'));
  const parts = [world.queries.overview({ id: sessionId, run: firstRunOrdinal }, 0)];
  for (let last = parts[0]; last !== undefined && last.upTo < last.lastSeq; ) {
    const next = world.queries.overview({ id: sessionId, run: firstRunOrdinal }, last.upTo);
    assert.ok(next.upTo > last.upTo, 'each goes on');
    parts.push(next);
    last = next;
  }
  assert.ok(parts.length > 1, 'one answer does not hold it all');
  assert.equal(
    parts.flatMap(({ stays }) => stays.map(({ seq }) => seq)),
    Array.from({ length: asked.length + 3 }, (_, index) => index + 2),
    'every event after the prompt changes the state',
  );
  assert.is(parts.flatMap(({ marks }) => marks).length, 2_100 + 1);
  world.close();
});

test('a copy of the machine goes on from any step, and the log stays as it was', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession('what if');
  world.append(runKey, status('starting'), status('running'), message('words'), status('completed'));
  const reference = { id: sessionId, run: firstRunOrdinal };
  const history = world.queries.history(sessionId, null, 100);
  const { before, steps } = world.queries.whatIf(reference, {
    after: 4,
    events: [
      { type: 'interrupt_requested', payload: { attempt: 1 } },
      { type: 'status', payload: { status: 'interrupted' } },
    ],
  });
  assert.equal(before.active, ['run', 'run.running', 'run.running.working']);
  assert.equal(
    steps.map(({ to }) => to),
    [['run.interrupting.asked'], ['run.interrupted']],
  );
  const context = steps.reduce((so, { changes }) => applyChanges(so, changes), before.context);
  assert.is(context.interruptAttempts, 1);
  assert.equal(world.queries.history(sessionId, null, 100), history);
  assert.throws(
    () => world.queries.whatIf(reference, { after: 4, events: [{ type: 'status', payload: { status: 'asleep' } }] }),
    /event 1 is no status event of a run/,
  );
  assert.throws(
    () => world.queries.steps({ id: sessionId, run: toOrdinal(2) }, { after: 0, limit: 1 }),
    /has no run 2/,
  );
  world.close();
});

test('a large payload is left out of its step and its size said', () => {
  const world = openLogWorld();
  const { sessionId, runKey } = world.openSession('large');
  world.append(runKey, message('x'.repeat(100_000)));
  const [step] = world.queries.steps({ id: sessionId, run: firstRunOrdinal }, { after: 1, limit: 1 }).steps;
  assert.is(step?.event.payload, null);
  assert.ok((step?.omittedPayload ?? 0) >= 100_000);
  world.close();
});

test('the session actor stores a snapshot with every thousandth fact that its machine hears', async () => {
  const { createRun } = await import('../../../actors/session/run-in-progress.ts');
  const { createOutbox } = await import('../../../actors/session/outbox.ts');
  const world = openLogWorld();
  const begun = world.openSession('recorded');
  const outbox = createOutbox({ schedule: (callback) => callback() });
  outbox.connect({
    postMessage: (request) => {
      const [reply] = world.commit([request]).replies;
      if (reply !== undefined) queueMicrotask(() => outbox.receive(reply));
    },
  });
  const nothing = (): void => {};
  const run = createRun({
    begun: { ...begun, facts: [prompt()] },
    outbox,
    limits: {
      cancelRetryMs: 1,
      interruptDeadlineMs: 2,
      startDeadlineMs: 3,
      maxStoredTextBytes: 4_096,
      maxRecapBytes: 0,
    },
    clock: () => at(9),
    timers: { setTimeout: () => 0, clearTimeout: nothing },
    effects: {
      prepareAgent: nothing,
      sendPrompt: nothing,
      answerApproval: nothing,
      cancelTurn: nothing,
      terminateAgent: nothing,
      finishRun: nothing,
      waitToGoOn: nothing,
      goOn: nothing,
    },
    onDurable: nothing,
    onRefused: (error) => {
      throw error;
    },
    onFault: (thrown) => {
      throw thrown;
    },
  });
  run.begin();
  for (const next of longRun(1_500)) run.record(next);
  while (run.pending() > 0) await new Promise((resolve) => setImmediate(resolve));
  const stored = world.database
    .prepare('SELECT seq FROM run_snapshots WHERE run_key = ? ORDER BY seq')
    .all(begun.runKey);
  assert.is(stored.length, 3);
  assert.is(world.queries.verify().ok, true);
  world.close();
});

test.run();
