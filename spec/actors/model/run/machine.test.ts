import * as assert from 'uvu/assert';
import { createActor, SimulatedClock } from 'xstate';
import { afterFact, beginningOfRun, foldRun, machineHears } from '../../../../actors/model/run/fold-run.ts';
import {
  maxOpenApprovals,
  maxOpenToolCalls,
  type RunSnapshot,
  runMachine,
  statusOf,
} from '../../../../actors/model/run/machine.ts';
import { defaultRunInput } from '../../../../actors/model/run/run-input.ts';
import { fact, type RunFact } from '../../../../actors/protocol/facts/events.ts';
import type { Timestamp } from '../../../../actors/protocol/facts/ids.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('run machine');

const at = 1 as Timestamp;
const prompt = fact('prompt', { text: 'Do it', origin: 'prompt' }, at);
const status = (name: 'starting' | 'running' | 'completed' | 'interrupted' | 'failed', reason?: string) =>
  fact('status', { status: name, ...(reason === undefined ? {} : { reason, stopReason: 'word' }) }, at);
const interrupt = (attempt: number) => fact('interrupt_requested', { attempt }, at);
const asks = (approvalId: string) =>
  fact('approval_requested', { approvalId, toolCallId: 't', title: 'T', options: [] }, at);
const resolves = (approvalId: string) =>
  fact('approval_resolved', { approvalId, outcome: 'allowed', by: 'person' }, at);
const call = (toolCallId: string) => fact('tool_call', { toolCallId }, at);
const result = (toolCallId: string) => fact('tool_result', { toolCallId, status: 'completed' }, at);

const pauses = (attempt: number) =>
  fact('paused', { why: 'limit', until: 2, known: true, attempt, message: 'not now', again: 'continue' }, at);
const goesOn = fact('continued', { by: 'time' }, at);

const states: Readonly<Record<string, readonly RunFact[]>> = {
  queued: [prompt],
  starting: [prompt, status('starting')],
  working: [prompt, status('starting'), status('running')],
  awaitingApproval: [prompt, status('starting'), status('running'), asks('a')],
  paused: [prompt, status('starting'), status('running'), pauses(1)],
  asked: [prompt, status('starting'), status('running'), interrupt(1)],
  askedAgain: [prompt, status('starting'), status('running'), interrupt(1), interrupt(2)],
  terminating: [prompt, status('starting'), status('running'), interrupt(1), interrupt(2), interrupt(3)],
};

const leaf = (snapshot: RunSnapshot): string => {
  const { value } = snapshot;
  return typeof value === 'string' ? value : String(Object.values(value)[0]);
};

const transitions: readonly (readonly [from: string, fact: RunFact, to: string])[] = [
  ['queued', status('starting'), 'starting'],
  ['queued', status('running'), 'queued'],
  ['queued', interrupt(1), 'asked'],
  ['starting', status('running'), 'working'],
  ['starting', interrupt(1), 'asked'],
  ['working', asks('a'), 'awaitingApproval'],
  ['working', status('starting'), 'working'],
  ['working', interrupt(1), 'asked'],
  ['awaitingApproval', resolves('a'), 'working'],
  ['awaitingApproval', resolves('another'), 'awaitingApproval'],
  ['awaitingApproval', asks('b'), 'awaitingApproval'],
  ['awaitingApproval', interrupt(1), 'asked'],
  ['working', pauses(1), 'paused'],
  ['awaitingApproval', pauses(1), 'paused'],
  ['working', goesOn, 'working'],
  ['starting', pauses(1), 'starting'],
  ['asked', pauses(1), 'asked'],
  ['paused', goesOn, 'working'],
  ['paused', pauses(2), 'paused'],
  ['paused', asks('a'), 'paused'],
  ['paused', status('running'), 'paused'],
  ['paused', interrupt(1), 'asked'],
  ['asked', interrupt(2), 'askedAgain'],
  ['asked', interrupt(3), 'terminating'],
  ['asked', resolves('a'), 'asked'],
  ['asked', status('running'), 'asked'],
  ['askedAgain', interrupt(3), 'terminating'],
  ['askedAgain', interrupt(2), 'askedAgain'],
  ['terminating', interrupt(3), 'terminating'],
];

test('every transition leads where it should', () => {
  for (const [from, next, to] of transitions) {
    const before = foldRun(states[from] ?? []);
    assert.is(leaf(before), from);
    assert.is(leaf(afterFact(before, next)), to, `${from}, ${JSON.stringify(next)}`);
  }
});

test('a run ends from wherever it is, and then hears nothing more', () => {
  for (const [from, facts] of Object.entries(states)) {
    for (const end of ['completed', 'interrupted', 'failed'] as const) {
      const ended = foldRun([...facts, status(end, 'so it was')]);
      assert.is(statusOf(ended), end, from);
      assert.is(ended.context.stopReason, 'word');
      assert.is(ended.context.failureReason, end === 'failed' ? 'so it was' : null);
      for (const late of [status('running'), status('failed'), interrupt(1), asks('z'), prompt]) {
        assert.is(afterFact(ended, late), ended);
      }
    }
  }
});

test('statuses are read off every state', () => {
  const names = Object.entries(states).map(([name, facts]) => [name, statusOf(foldRun(facts))]);
  assert.equal(Object.fromEntries(names), {
    queued: 'queued',
    starting: 'starting',
    working: 'running',
    awaitingApproval: 'running',
    paused: 'running',
    asked: 'interrupting',
    askedAgain: 'interrupting',
    terminating: 'interrupting',
  });
});

test('open approvals and tool calls are those that were asked and not closed, in their order', () => {
  const facts = [
    ...(states.working ?? []),
    call('1'),
    asks('a'),
    call('2'),
    asks('b'),
    call('1'),
    result('1'),
    resolves('a'),
  ];
  const { context } = foldRun(facts);
  assert.equal(context.openApprovals, ['b']);
  assert.equal(context.openToolCalls, ['2']);
  assert.is(context.prompt, 'Do it');
});

test('[law 12] a run that leaves 16,000 calls and approvals open is folded with lists that stay short', () => {
  const many = Array.from({ length: 16_000 }, (_, index) => `${index}`);
  let snapshot = foldRun(states.working ?? []);
  let copied = 0;
  for (const fact of [...many.map(call), ...many.map(asks), ...many.map(call)]) {
    const before = snapshot.context;
    snapshot = afterFact(snapshot, fact);
    for (const name of ['openApprovals', 'openToolCalls'] as const) {
      if (snapshot.context[name] !== before[name]) copied += snapshot.context[name].length;
    }
  }
  assert.equal(snapshot.context.openToolCalls, many.slice(-maxOpenToolCalls), 'those that began last');
  assert.equal(snapshot.context.openApprovals, many.slice(-maxOpenApprovals));
  assert.ok(copied <= 3 * many.length * Math.max(maxOpenToolCalls, maxOpenApprovals), `${copied} items were copied`);
  assert.is(statusOf(afterFact(snapshot, status('completed'))), 'completed');
  const forgotten = afterFact(snapshot, result('0'));
  assert.is(
    forgotten.context.openToolCalls,
    snapshot.context.openToolCalls,
    'a result of a forgotten one changes none',
  );
});

test('what is told twice is open once', () => {
  const { context } = foldRun([...(states.working ?? []), asks('a'), call('1'), asks('a'), call('1')]);
  assert.equal([context.openApprovals, context.openToolCalls], [['a'], ['1']]);
});

test('a denial is remembered until the agent begins something else', () => {
  const denied = foldRun([
    ...(states.working ?? []),
    call('1'),
    asks('a'),
    fact('approval_resolved', { approvalId: 'a', outcome: 'denied', by: 'person' }, at),
  ]);
  const wasDenied = (...facts: readonly RunFact[]): boolean => foldRun(facts, denied).context.wasDenied;
  assert.ok(wasDenied());
  assert.ok(wasDenied(call('1'), result('1')), 'more of what was denied');
  assert.not.ok(wasDenied(result('1'), call('2')));
});

test('an approval that was asked for while the agent began is closed like any other', () => {
  const facts = [...(states.starting ?? []), asks('a'), status('running'), resolves('a')];
  assert.equal(foldRun(facts).context.openApprovals, []);
});

test('what the machine does not hear moves nothing', () => {
  const heard = [
    'prompt',
    'tool_call',
    'tool_result',
    'approval_requested',
    'approval_resolved',
    'interrupt_requested',
  ];
  for (const type of [...heard, 'status']) assert.ok(machineHears(type), type);
  const working = foldRun(states.working ?? []);
  for (const silent of [fact('message', { text: 'x' }, at), fact('note', { note: 'x' }, at), fact('usage', {}, at)]) {
    assert.not.ok(machineHears(silent.type));
    assert.is(afterFact(working, silent), working);
  }
});

test('a fold goes on from where another ended', () => {
  const facts = states.terminating ?? [];
  for (let cut = 0; cut <= facts.length; cut += 1) {
    const whole = foldRun(facts.slice(cut), foldRun(facts.slice(0, cut), beginningOfRun()));
    assert.equal(whole.value, foldRun(facts).value);
    assert.equal(whole.context, foldRun(facts).context);
  }
});

test('a delay that passes asks for a fact and moves nothing by itself', () => {
  const clock = new SimulatedClock();
  const asked: string[] = [];
  const actor = createActor(
    runMachine.provide({
      actions: {
        requestCancelAgain: () => asked.push(`again at ${clock.now()}`),
        requestTermination: () => asked.push(`end at ${clock.now()}`),
      },
    }),
    { input: defaultRunInput, clock },
  );
  actor.start();
  for (const next of states.asked ?? []) actor.send(next);
  clock.increment(2_999);
  assert.equal(asked, []);
  clock.increment(1);
  assert.equal(asked, ['again at 3000']);
  assert.is(leaf(actor.getSnapshot()), 'asked');
  actor.send(interrupt(2));
  clock.increment(6_999);
  clock.increment(1);
  assert.equal(asked, ['again at 3000', 'end at 10000']);
  assert.is(leaf(actor.getSnapshot()), 'askedAgain');
  actor.send(interrupt(3));
  actor.send(status('interrupted'));
  clock.increment(60_000);
  assert.is(asked.length, 2);
});

test.run();
