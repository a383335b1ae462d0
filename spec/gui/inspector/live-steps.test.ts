import { equal, is } from 'uvu/assert';
import type { LiveMachineEvent } from '../../../actors/protocol/gateway/live-machine.ts';
import { addLiveEvents, maxLiveSteps } from '../../../gui/inspector/model/live-steps.ts';
import { suite } from '../../support/suite.ts';

const test = suite('live steps');

const interrupt: readonly LiveMachineEvent[] = [
  { type: '@xstate.event', run: 2, at: 10, event: 'interrupt_requested', seq: 7, says: 'attempt 1' },
  { type: '@xstate.action', run: 2, at: 10, action: 'cancelTurn' },
  { type: 'timer_set', run: 2, at: 10, delay: 'cancelRetry', delayMs: 3_000, state: 'run.interrupting.asked' },
  {
    type: '@xstate.microstep',
    run: 2,
    at: 10,
    from: ['run.running.working'],
    to: ['run.interrupting.asked'],
    transitions: [{ id: 'run.running interrupt_requested 0', guard: null, actions: [] }],
  },
  { type: '@xstate.snapshot', run: 2, at: 10, states: ['run.interrupting.asked'], status: 'active' },
];

test('what belongs to one event is one step, however it arrives', () => {
  const expected = {
    kind: 'step',
    key: 1,
    run: 2,
    seq: 7,
    at: 10,
    event: 'interrupt_requested',
    says: 'attempt 1',
    from: ['run.running.working'],
    to: ['run.interrupting.asked'],
    guards: [],
    actions: ['cancelTurn'],
    timers: [{ kind: 'set', delay: 'cancelRetry', delayMs: 3_000 }],
  };
  equal(addLiveEvents([], interrupt, 0), [expected]);
  let steps = addLiveEvents([], [], 0);
  for (const event of interrupt) steps = addLiveEvents(steps, [event], 0);
  equal(steps, [expected]);
});

test('what was dropped is said, a step without its beginning is none, and the list is bounded', () => {
  const [gap, ...none] = addLiveEvents([], interrupt.slice(1), 12);
  equal(gap, { kind: 'gap', key: 1, dropped: 12 });
  equal(none, []);
  let steps = addLiveEvents([], [], 0);
  for (let index = 0; index < maxLiveSteps + 50; index += 1) steps = addLiveEvents(steps, interrupt, 0);
  is(steps.length, maxLiveSteps);
  is(steps.at(-1)?.key, maxLiveSteps + 50);
});

test.run();
