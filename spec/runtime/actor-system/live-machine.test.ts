import { equal, is, ok } from 'uvu/assert';
import { replay } from '../../../actors/model/inspection/replay.ts';
import { machineHears } from '../../../actors/model/run/fold-run.ts';
import type { HistoryEvent } from '../../../actors/protocol/facts/events.ts';
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import { type LiveMachineEvent, liveMachineEvent } from '../../../actors/protocol/gateway/live-machine.ts';
import type { Runtime } from '../../../runtime/surface.ts';
import { suite } from '../../support/suite.ts';
import { until } from '../../support/until.ts';
import { closeWorlds, createWorld, ended, historyOf, spoke, start } from '../../support/world.ts';

const test = suite('the machine of a live session, watched');
test.after(closeWorlds);

const follow = (runtime: Pick<Runtime, 'watchMachine'>, id: SessionId) => {
  const events: LiveMachineEvent[] = [];
  const dropped: number[] = [];
  const end = runtime.watchMachine(id, (machine) => {
    events.push(...machine.events);
    dropped.push(machine.dropped);
  });
  return { events, dropped, end };
};

const only = <Type extends LiveMachineEvent['type']>(events: readonly LiveMachineEvent[], type: Type) =>
  events.filter((event): event is Extract<LiveMachineEvent, { type: Type }> => event.type === type);

const ofRun = (events: readonly HistoryEvent[], run: number): readonly HistoryEvent[] =>
  events.filter((event) => event.run === run);

test('what the machine is told live are the facts of the log that it hears, in their order, with the steps of the replay', async () => {
  const world = createWorld('live');
  const runtime = await world.open();
  const edits = Array.from({ length: 12 }, (_, index) => ({ do: 'edit', path: `${index}.txt`, text: 'x' }) as const);
  const agent = world.script('editing', { steps: [{ do: 'say', text: 'First.' }] }, { steps: edits });
  const { id } = await start(runtime, world, agent, { approvals: 'allow' });
  await ended(runtime, id);
  const watching = follow(runtime, id);
  await until('it says how it stands', () => watching.events.length > 0);
  const [standing] = watching.events;
  equal(standing?.type === '@xstate.actor' && standing.states, ['run.completed']);

  await runtime.prompt(id, 'Now the files.');
  await ended(runtime, id);
  const isDone = (event: LiveMachineEvent): boolean => event.type === '@xstate.snapshot' && event.status === 'done';
  await until('the end is told', () => watching.events.some(isDone));
  for (const event of watching.events) equal(liveMachineEvent.parse(event), event);
  equal(new Set(watching.dropped), new Set([0]));

  const logged = ofRun(await historyOf(runtime, id), 2);
  const told = only(watching.events, '@xstate.event').filter(({ seq }) => seq !== null);
  equal(
    told.map(({ run, seq, event }) => [run, seq, event]),
    logged.filter(({ type }) => machineHears(type)).map(({ run, seq, type }) => [run, seq, type]),
  );
  ok(told.length > 20, `${told.length} events`);

  const steps = [...replay(logged)].filter(({ taken }) => taken.length > 0);
  const taken = only(watching.events, '@xstate.microstep').filter(({ transitions }) => transitions.length > 0);
  equal(
    taken.map(({ from, to, transitions }) => [from, to, transitions.map((transition) => transition.id)]),
    steps.map((step) => [step.from, step.to, step.taken]),
  );
  watching.end();
  await world.close();
});

test('timers are told as they are set, pass and are cancelled, though they are not in the log', async () => {
  const world = createWorld('timers');
  const runtime = await world.open({ interruptDeadlineMs: 400 });
  const { id } = await start(runtime, world, 'stubborn');
  await spoke(runtime, id);
  const watching = follow(runtime, id);
  await runtime.interrupt(id);
  await ended(runtime, id);
  await until('the end is told', () =>
    watching.events.some((event) => event.type === '@xstate.snapshot' && event.status === 'done'),
  );
  const story = watching.events.flatMap((event): readonly string[] => {
    switch (event.type) {
      case 'timer_set':
        return [`set ${event.delay} ${event.delayMs} by ${event.state}`];
      case 'timer_cancelled':
        return [`cancelled ${event.delay}`];
      case '@xstate.event':
        return event.seq === null ? [`passed ${event.event}`] : [`${event.event} ${event.says}`.trim()];
      default:
        return [];
    }
  });
  equal(story, [
    'interrupt_requested attempt 1',
    'set cancelRetry 200 by run.interrupting.asked',
    'passed xstate.after.cancelRetry.run.interrupting.asked',
    'interrupt_requested attempt 2',
    'cancelled cancelRetry',
    'set interruptDeadline 200 by run.interrupting.askedAgain',
    'passed xstate.after.interruptDeadline.run.interrupting.askedAgain',
    'interrupt_requested attempt 3',
    'cancelled interruptDeadline',
    'status interrupted',
  ]);
  ok(only(watching.events, '@xstate.action').some(({ action }) => action === 'terminateAgent'));
  watching.end();
  await world.close();
});

test('a session is watched before it is live, by several, and after the last has gone it tells nothing', async () => {
  const world = createWorld('several');
  const runtime = await world.open();
  const { id } = await start(runtime, world, 'quick');
  await ended(runtime, id);
  await runtime.stop();
  const next = await world.open();
  const [one, two] = [follow(next, id), follow(next, id)];
  await next.prompt(id, 'Once more.');
  await ended(next, id);
  await until('both were told the end', () =>
    [one, two].every(({ events }) =>
      events.some((event) => event.type === '@xstate.snapshot' && event.status === 'done'),
    ),
  );
  is(only(one.events, '@xstate.event').find(({ seq }) => seq !== null)?.event, 'prompt', 'from its beginning');
  equal(one.events, two.events);
  one.end();
  two.end();
  const { length } = one.events;
  await next.prompt(id, 'And again.');
  await ended(next, id);
  is(one.events.length, length);
  await world.close();
});

test.run();
