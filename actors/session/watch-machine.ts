/**
 * A running machine's own inspection events, as plain data. They hold functions and the whole context, so what crosses
 * the thread is made here. While nobody watches, XState has no observer and makes no event at all.
 */
import type { ActorRefFrom, AnyTransitionDefinition, InspectionEvent } from 'xstate';
import { activeStates, guardName, idOfTransition } from '../model/inspection/statechart/statechart.ts';
import type { RunSnapshot, runMachine } from '../model/run/machine.ts';
import type { RunFact } from '../protocol/facts/events.ts';
import type { Timestamp } from '../protocol/facts/ids.ts';
import type { LiveMachineEvent } from '../protocol/gateway/live-machine.ts';

export type RunMachineActor = ActorRefFrom<typeof runMachine>;

export type WatchOptions = {
  readonly machine: RunMachineActor;
  readonly run: number;
  /** The seq of the fact that the machine is being told, or null. */
  readonly seq: () => number | null;
  readonly clock: () => Timestamp;
  readonly onEvent: (event: LiveMachineEvent) => void;
};

type Timer = { readonly delay: string; readonly state: string };

const maxSaidCharacters = 140;

/** Tells how a machine stands and then whatever it does; gives what ends that. */
export const watchMachine = ({ machine, run, seq, clock, onEvent }: WatchOptions): (() => void) => {
  const statesOf = createStatesOf();
  const transitionOf = createTransitionOf();
  let states = statesOf(machine.getSnapshot());
  const place = () => ({ run, at: clock() });

  onEvent({ type: '@xstate.actor', ...place(), states, timers: runningTimers(machine) });
  const { unsubscribe } = machine.system.inspect((inspected: InspectionEvent) => {
    if (inspected.actorRef !== machine) return;
    switch (inspected.type) {
      case '@xstate.event': {
        const event = inspected.event as RunFact;
        onEvent({ type: '@xstate.event', ...place(), event: event.type, seq: seq(), says: whatItSays(event) });
        return;
      }
      case '@xstate.action': {
        const event = actionEvent(inspected.action);
        if (event !== null) onEvent({ ...event, ...place() });
        return;
      }
      case '@xstate.microstep': {
        const from = states;
        states = statesOf(inspected.snapshot as RunSnapshot);
        const transitions = inspected._transitions.map(transitionOf);
        onEvent({ type: '@xstate.microstep', ...place(), from, to: states, transitions });
        return;
      }
      case '@xstate.snapshot': {
        states = statesOf(inspected.snapshot as RunSnapshot);
        onEvent({ type: '@xstate.snapshot', ...place(), states, status: inspected.snapshot.status });
        return;
      }
      default:
        return;
    }
  });
  return unsubscribe;
};

/**
 * The innermost states. A state's path begins with its parent's, so what no other path goes on from is innermost.
 * XState keeps a snapshot's value as long as the states stay the same, and most facts change none.
 */
const createStatesOf = (): ((snapshot: Pick<RunSnapshot, 'value'>) => string[]) => {
  let known: { readonly value: RunSnapshot['value']; readonly states: string[] } | null = null;
  return ({ value }) => {
    if (known?.value === value) return known.states;
    const active = activeStates('run', value);
    const states = active.filter((id) => !active.some((other) => other.startsWith(`${id}.`)));
    known = { value, states };
    return states;
  };
};

type SaidTransition = { readonly id: string; readonly guard: string | null; readonly actions: string[] };

/** A transition's definition is the machine's and stays the same, so it is put into words once. */
const createTransitionOf = (): ((transition: AnyTransitionDefinition) => SaidTransition) => {
  const known = new Map<AnyTransitionDefinition, SaidTransition>();
  return (transition) => {
    const said = known.get(transition) ?? sayTransition(transition);
    known.set(transition, said);
    return said;
  };
};

const sayTransition = (transition: AnyTransitionDefinition): SaidTransition => ({
  id: idOfTransition(transition),
  guard: guardName(transition),
  actions: transition.actions.map((action) =>
    typeof action === 'string' ? action : String(Reflect.get(action, 'type')),
  ),
});

type Placeless<Event> = Event extends LiveMachineEvent ? Omit<Event, 'run' | 'at'> : never;

// A delay is an event that a state raises for later when it is entered, and cancels when it is left.
const actionEvent = ({
  type,
  params,
}: {
  readonly type: string;
  readonly params: unknown;
}): Placeless<LiveMachineEvent> | null => {
  const { id, sendId, delay } = (params ?? {}) as {
    readonly id?: unknown;
    readonly sendId?: unknown;
    readonly delay?: unknown;
  };
  switch (type) {
    case 'xstate.raise': {
      const timer = timerOf(id);
      return timer === null || typeof delay !== 'number' ? null : { type: 'timer_set', ...timer, delayMs: delay };
    }
    case 'xstate.cancel': {
      const timer = timerOf(sendId);
      return timer === null ? null : { type: 'timer_cancelled', ...timer };
    }
    default:
      return { type: '@xstate.action', action: type };
  }
};

/** `xstate.after.DELAY.STATE` */
const timerOf = (id: unknown): Timer | null => {
  const [, delay, state] = /^xstate\.after\.([^.]+)\.(.+)$/.exec(String(id)) ?? [];
  return delay === undefined || state === undefined ? null : { delay, state };
};

const runningTimers = (machine: RunMachineActor) =>
  Object.values(machine.system.getSnapshot()._scheduledEvents).flatMap(({ id, delay }) => {
    const timer = timerOf(id);
    return timer === null ? [] : [{ ...timer, delayMs: delay }];
  });

const whatItSays = (event: RunFact): string => {
  const said = wordsOf(event);
  return said.length <= maxSaidCharacters ? said : `${said.slice(0, maxSaidCharacters - 1)}…`;
};

const wordsOf = (event: RunFact): string => {
  // Cut before it is folded: a prompt may be a megabyte.
  const line = (text = ''): string =>
    text
      .slice(0, 2 * maxSaidCharacters)
      .replace(/\s+/gu, ' ')
      .trim();
  switch (event.type) {
    case 'prompt':
      return line(event.payload.text);
    case 'status':
      return line([event.payload.status, event.payload.reason].filter(Boolean).join(': '));
    case 'tool_call':
      return line(event.payload.title ?? event.payload.toolCallId);
    case 'tool_result':
      return line(event.payload.status);
    case 'approval_requested':
      return line(event.payload.title);
    case 'approval_resolved':
      return line(event.payload.outcome);
    case 'interrupt_requested':
      return `attempt ${event.payload.attempt}`;
    default:
      return '';
  }
};
