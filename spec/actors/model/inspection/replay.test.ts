import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createActor, type InspectionEvent, SimulatedClock } from 'xstate';
import { applyChanges } from '../../../../actors/model/inspection/apply-changes.ts';
import {
  innermost,
  replay,
  replayEvent,
  runStatechart,
  standingOf,
} from '../../../../actors/model/inspection/replay.ts';
import { idOfTransition } from '../../../../actors/model/inspection/statechart/statechart.ts';
import { afterFact, beginningOfRun, foldRun, machineHears } from '../../../../actors/model/run/fold-run.ts';
import { runMachine } from '../../../../actors/model/run/machine.ts';
import { defaultRunInput } from '../../../../actors/model/run/run-input.ts';
import { fact, type HistoryEvent, type RunFact } from '../../../../actors/protocol/facts/events.ts';
import type { Timestamp } from '../../../../actors/protocol/facts/ids.ts';
import { suite } from '../../../support/suite.ts';
import { recordedRuns } from '../../session/recorded-runs.ts';
import { asEvents, runFacts, runId } from '../run/run-facts.ts';

const test = suite('replay');

const at = 1 as Timestamp;
type LiveStep = { readonly to: readonly string[]; readonly taken: readonly string[]; readonly context: unknown };

/** What a running machine makes of the same facts, by its own inspection events. */
const liveSteps = (facts: readonly RunFact[]): { readonly steps: readonly LiveStep[]; readonly acted: string[] } => {
  const steps: LiveStep[] = [];
  const acted: string[] = [];
  let taken: string[] = [];
  const inspect = (event: InspectionEvent): void => {
    if (event.type === '@xstate.microstep') taken.push(...event._transitions.map(idOfTransition));
    // XState's own set and clear the timers of delays, which pass outside of the log and move nothing.
    if (event.type === '@xstate.action' && !event.action.type.startsWith('xstate.')) acted.push(event.action.type);
  };
  const actor = createActor(runMachine, { input: defaultRunInput, clock: new SimulatedClock(), inspect });
  actor.start();
  for (const next of facts) {
    taken = [];
    const before = actor.getSnapshot();
    if (machineHears(next.type) && before.status === 'active') actor.send(next);
    const { active, context } = standingOf(actor.getSnapshot());
    steps.push({ to: active, taken, context });
  }
  return { steps, acted };
};

const carriedOut = (name: string): boolean => !/^(remember|open|close|count)/.test(name);

const compare = (facts: readonly RunFact[]): void => {
  const live = liveSteps(facts);
  const acted: string[] = [];
  let context = standingOf(beginningOfRun()).context;
  for (const [index, step] of [...replay(asEvents(facts))].entries()) {
    context = applyChanges(context, step.changes);
    const expected = live.steps[index];
    assert.equal(step.taken, expected?.taken, `transitions of event ${index + 1}, ${step.event.type}`);
    assert.equal(step.to, expected?.to.slice(-1), `state after event ${index + 1}, ${step.event.type}`);
    assert.equal(context, expected?.context, `context after event ${index + 1}, ${step.event.type}`);
    acted.push(...step.actions.filter(carriedOut));
  }
  assert.equal(acted, live.acted, 'the actions that the actor carries out, in their order');
};

test('[law 10] a replay makes the steps that the live machine made, for any facts in any order', () => {
  fc.assert(fc.property(fc.array(runFacts, { maxLength: 60 }), compare));
});

test('[law 10] a replay makes the steps that the live machine made, in every recorded run of a real agent', async () => {
  const runs = await recordedRuns();
  assert.ok(runs.length >= 4, 'there are recordings');
  for (const run of runs) {
    assert.ok(run.facts.length >= 5, run.name);
    compare(run.facts);
  }
});

test('a run that was cut off anywhere replays to where the whole one stood there', () => {
  fc.assert(
    fc.property(fc.array(runFacts, { minLength: 1, maxLength: 40 }), fc.nat(), (facts, cut) => {
      const events = asEvents(facts);
      const whole = [...replay(events)];
      const length = cut % (events.length + 1);
      assert.equal([...replay(events.slice(0, length))], whole.slice(0, length));
      // And is taken up from there.
      assert.equal([...replay(events.slice(length), foldRun(facts.slice(0, length)))], whole.slice(length));
    }),
  );
});

test('what was considered ends with what was taken', () => {
  fc.assert(
    fc.property(fc.array(runFacts, { maxLength: 40 }), (facts) => {
      for (const step of replay(asEvents(facts))) {
        const passed = step.considered.filter((each) => each.passed).map((each) => each.transition);
        assert.equal(passed, [...step.taken]);
        if (passed.length > 0) assert.equal(step.considered.at(-1)?.transition, passed[0]);
      }
    }),
  );
});

test('a step names its guard, its actions and what they changed', () => {
  const before: RunFact[] = [
    fact('prompt', { text: 'Do it', origin: 'prompt' }, at),
    fact('status', { status: 'starting' }, at),
    fact('status', { status: 'running' }, at),
    fact('approval_requested', { approvalId: 'a', toolCallId: 't', title: 'T', options: [] }, at),
  ];
  const [resolved] = asEvents([fact('approval_resolved', { approvalId: 'a', outcome: 'allowed', by: 'person' }, at)]);
  if (resolved === undefined) throw new Error('there is one');
  const { step } = replayEvent(foldRun(before), resolved);
  assert.equal(step.from, ['run.running.awaitingApproval']);
  assert.equal(step.to, ['run.running.working']);
  assert.equal(step.considered, [
    {
      transition: 'run.running.awaitingApproval approval_resolved 0',
      guard: 'answersTheLastApproval',
      passed: true,
    },
  ]);
  assert.equal(step.actions, ['closeApproval', 'answerApproval']);
  assert.equal(step.changes, [{ key: 'openApprovals', added: [], removed: ['a'] }]);
});

test('an event that the machine does not hear, an unknown one or a broken one changes nothing and says so', () => {
  const strange: HistoryEvent[] = asEvents([fact('message', { text: 'hello' }, at)]).concat(
    { position: 2, runId, run: 1, seq: 2, type: 'from_the_future', payload: {}, occurredAt: 1, recordedAt: 1 },
    { position: 3, runId, run: 1, seq: 3, type: 'status', payload: 'broken', occurredAt: 1, recordedAt: 1 },
  );
  for (const step of replay(strange)) {
    assert.is(step.heard, false, step.event.type);
    assert.equal(step.from, step.to);
    assert.equal([step.considered, step.taken, step.actions, step.changes], [[], [], [], []]);
  }
});

test('the statechart has every state and transition of the machine, each once', () => {
  const ids = [...runStatechart.states, ...runStatechart.transitions].map(({ id }) => id);
  assert.is(new Set(ids).size, ids.length);
  for (const { id } of runStatechart.states) assert.is(runMachine.getStateNodeById(id).id, id);
  const known = new Set(runStatechart.states.map(({ id }) => id));
  for (const { source, target } of runStatechart.transitions) {
    assert.ok(known.has(source) && (target === null || known.has(target)));
  }
});

test('the innermost states of every snapshot stand in the statechart', () => {
  fc.assert(
    fc.property(fc.array(runFacts, { maxLength: 40 }), (facts) => {
      let snapshot = beginningOfRun();
      for (const next of facts) {
        snapshot = afterFact(snapshot, next);
        const [state, ...others] = innermost(snapshot);
        assert.is(others.length, 0, 'our machine has no parallel regions');
        assert.ok(runStatechart.states.some(({ id }) => id === state));
      }
    }),
  );
});

test.run();
