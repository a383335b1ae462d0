import * as assert from 'uvu/assert';
import {
  abandonedRunClosed,
  interruptEscalates,
  interruptRequested,
  runFailed,
  runInterrupted,
  turnEnded,
} from '../../../../actors/model/run/decide.ts';
import { beginningOfRun, foldRun } from '../../../../actors/model/run/fold-run.ts';
import { statusOf } from '../../../../actors/model/run/machine.ts';
import { ThroughlineError } from '../../../../actors/protocol/facts/error.ts';
import { fact, type RunFact } from '../../../../actors/protocol/facts/events.ts';
import type { Timestamp } from '../../../../actors/protocol/facts/ids.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('decide');

const at = 5 as Timestamp;
const prompt = fact('prompt', { text: 'Do it', origin: 'prompt' }, at);
const status = (name: 'starting' | 'running' | 'completed' | 'interrupted' | 'failed') =>
  fact('status', { status: name }, at);
const interrupt = (attempt: number) => fact('interrupt_requested', { attempt }, at);
const approval = (approvalId: string) =>
  fact('approval_requested', { approvalId, toolCallId: 't', title: 'T', options: [] }, at);
const resolved = (approvalId: string, outcome: 'allowed' | 'denied') =>
  fact('approval_resolved', { approvalId, outcome, by: 'person' }, at);

const queued = foldRun([prompt]);
const starting = foldRun([prompt, status('starting')]);
const running = foldRun([prompt, status('starting'), status('running')]);
const asking = foldRun([prompt, status('starting'), status('running'), approval('a'), approval('b')]);
const interrupting = foldRun([prompt, status('starting'), status('running'), interrupt(1)]);
const ended = (['completed', 'interrupted', 'failed'] as const).map((name) =>
  foldRun([prompt, status('starting'), status('running'), status(name)]),
);
const inFlight = [queued, starting, running, asking, interrupting];

const failure = { code: 'agent.exited', message: 'The agent  exited\nwith code 1' };
const statuses = (facts: readonly RunFact[]): string[] =>
  facts.flatMap((next) => (next.type === 'status' ? [next.payload.status] : []));

test('who interrupts a second time is told the deadline that is set', () => {
  for (const [interruptDeadlineMs, words] of [
    [10_000, 'after 10 s'],
    [2_500, 'after 2.5 s'],
    [600_000, 'after 600 s'],
  ] as const) {
    const begun = beginningOfRun({ cancelRetryMs: 1_000, interruptDeadlineMs });
    const again = foldRun([prompt, status('starting'), status('running'), interrupt(1)], begun);
    assert.throws(
      () => interruptRequested(again, at),
      (error: unknown) => error instanceof ThroughlineError && error.hint?.includes(words),
    );
  }
});

test('a turn that ended completes its run, whatever the word for why', () => {
  for (const word of ['end_turn', 'max_tokens', 'max_turn_requests', 'a word of the future']) {
    const [last] = turnEnded(running, word, at);
    assert.equal(last, fact('status', { status: 'completed', stopReason: word }, at));
  }
});

test('a turn that ended while it was interrupted is interrupted, whatever the word for why', () => {
  for (const word of ['end_turn', 'cancelled']) {
    assert.equal(statuses(turnEnded(interrupting, word, at)), ['interrupted']);
  }
});

test('a turn that its agent cancels because something was denied is completed: nobody interrupted it', () => {
  const denied = foldRun([resolved('a', 'allowed'), resolved('b', 'denied')], asking);
  const reason = 'the agent stopped at what was denied';
  assert.equal(turnEnded(denied, 'cancelled', at), [
    fact('status', { status: 'completed', reason, stopReason: 'cancelled' }, at),
  ]);
});

test('a turn that its agent cancels after it had worked on is a failure, whatever was denied before', () => {
  const denied = foldRun([resolved('a', 'allowed'), resolved('b', 'denied')], asking);
  const work = Array.from({ length: 50 }, (_, index) => [
    fact('tool_call', { toolCallId: `${index}` }, at),
    fact('tool_result', { toolCallId: `${index}`, status: 'completed' }, at),
  ]).flat();
  assert.equal(statuses(turnEnded(foldRun(work, denied), 'cancelled', at)), ['failed']);
});

test('a turn that its agent cancels by itself is a failure that says so', () => {
  const allowed = foldRun([resolved('a', 'denied'), resolved('b', 'allowed')], asking);
  for (const run of [running, allowed]) {
    const facts = turnEnded(run, 'cancelled', at);
    assert.equal(statuses(facts), ['failed']);
    const [error] = facts;
    assert.is(error?.type === 'error' ? error.payload.code : null, 'agent.cancelled');
  }
});

test('a refusal is a failure that says what can be done', () => {
  const facts = turnEnded(running, 'refusal', at);
  assert.equal(
    facts.map((next) => next.type),
    ['error', 'status'],
  );
  assert.equal(statuses(facts), ['failed']);
});

test('a failure is an error in full and a status with one line', () => {
  const facts = runFailed(running, failure, at);
  assert.equal(facts[0], fact('error', failure, at));
  assert.equal(facts[1], fact('status', { status: 'failed', reason: 'The agent exited with code 1' }, at));
});

test('an agent that is gone while it was interrupted did what it was asked', () => {
  assert.equal(statuses(runFailed(interrupting, failure, at)), ['interrupted']);
});

test('[law 6] every end closes what is open, and nothing ends a run twice', () => {
  const ends = [
    (run: typeof running) => turnEnded(run, 'end_turn', at),
    (run: typeof running) => runFailed(run, failure, at),
    (run: typeof running) => runInterrupted(run, null, at),
    (run: typeof running) => abandonedRunClosed(run, at),
  ];
  for (const end of ends) {
    const closed = end(asking).flatMap((next) => (next.type === 'approval_resolved' ? [next.payload.approvalId] : []));
    assert.equal(closed, ['a', 'b']);
    for (const run of inFlight) assert.is(statuses(end(run)).length, 1, `from ${statusOf(run)}`);
    for (const run of ended) assert.equal(end(run), [], `from ${statusOf(run)}`);
  }
});

test('approvals of a run that an earlier life left open have expired', () => {
  const facts = abandonedRunClosed(asking, at);
  assert.equal(
    facts.flatMap((next) => (next.type === 'approval_resolved' ? [next.payload.outcome] : [])),
    ['expired', 'expired'],
  );
  assert.equal(statuses(facts), ['interrupted']);
});

test('an interrupt is refused while one is in progress, and when nothing is under way', () => {
  for (const run of [queued, starting, running, asking]) {
    assert.equal(interruptRequested(run, at), [interrupt(1)]);
  }
  assert.throws(
    () => interruptRequested(interrupting, at),
    (error: { code?: string }) => error.code === 'session.busy',
  );
  for (const run of ended) {
    assert.throws(
      () => interruptRequested(run, at),
      (error: { code?: string }) => error.code === 'session.not_running',
    );
  }
});

test('an interrupt escalates once per attempt, and only while it is in progress', () => {
  assert.equal(interruptEscalates(interrupting, 2, at), [interrupt(2)]);
  const askedAgain = foldRun([interrupt(2)], interrupting);
  assert.equal(interruptEscalates(askedAgain, 2, at), []);
  assert.equal(interruptEscalates(askedAgain, 3, at), [interrupt(3)]);
  for (const run of [queued, starting, running, ...ended]) assert.equal(interruptEscalates(run, 2, at), []);
});

test.run();
