/** The session machine as plain data: its states and transitions by name, as they are drawn and spoken of. */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

export type StatechartState = {
  /** The state's path from the root, for example `run.running.working`. */
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** The child that is entered first, for a compound state. */
  readonly initial: string | null;
  readonly entry: readonly string[];
  readonly exit: readonly string[];
};

export type StatechartTransition = {
  /** Unique in the machine: where it stands and what it reacts to. */
  readonly id: string;
  readonly source: string;
  /** The state it leads to, or null for one that stays where it is and only acts. */
  readonly target: string | null;
  /** The event it reacts to, or `after DELAY`. */
  readonly event: string;
  /** The named delay after which it is taken by itself; null for one that an event takes. */
  readonly delay: string | null;
  readonly guard: string | null;
  readonly actions: readonly string[];
};

export type Statechart = {
  readonly id: string;
  readonly version: string;
  /** In the order of the machine, each parent before its children. */
  readonly states: readonly StatechartState[];
  readonly transitions: readonly StatechartTransition[];
};

/** Describes a machine whose actions, guards and delays all have names. */
export const describeMachine = (machine: AnyStateMachine): Statechart => {
  const states: StatechartState[] = [];
  const transitions: StatechartTransition[] = [];
  const visit = (node: AnyStateNode): void => {
    states.push(describeState(node));
    for (const group of node.transitions.values()) transitions.push(...group.map(describeTransition));
    for (const child of Object.values(node.states)) visit(child);
  };
  visit(machine.root);
  return { id: machine.id, version: machine.version ?? '', states, transitions };
};

/** The id that a transition of the machine has in its statechart. */
export const transitionId = ({ source, eventType }: AnyTransitionDefinition, index: number): string =>
  `${source.id} ${eventName(eventType)} ${index}`;

/** The statechart's id of a transition that XState has selected. */
export const idOfTransition = (transition: AnyTransitionDefinition): string => {
  const group = transition.source.transitions.get(transition.eventType) ?? [];
  return transitionId(transition, group.indexOf(transition));
};

/** The ids of the states that a machine is in, each parent before its children. */
export const activeStates = (root: string, value: unknown): readonly string[] => {
  if (typeof value === 'string') return [root, `${root}.${value}`];
  if (typeof value !== 'object' || value === null) return [root];
  return [root, ...Object.entries(value).flatMap(([name, inner]) => activeStates(`${root}.${name}`, inner))];
};

const describeState = (node: AnyStateNode): StatechartState => ({
  id: node.id,
  name: node.key,
  parent: node.parent?.id ?? null,
  kind: node.type,
  initial: node.type === 'compound' ? (node.initial.target[0]?.id ?? null) : null,
  entry: names(node.entry),
  exit: names(node.exit),
});

const describeTransition = (transition: AnyTransitionDefinition, index: number): StatechartTransition => ({
  id: transitionId(transition, index),
  source: transition.source.id,
  target: transition.target?.[0]?.id ?? null,
  event: eventName(transition.eventType),
  delay: delayOf(transition.eventType),
  guard: guardName(transition),
  actions: names(transition.actions),
});

/** The name of a transition's guard, or null when it has none. */
export const guardName = ({ guard }: AnyTransitionDefinition): string | null =>
  guard === undefined ? null : nameOf(guard);

// XState calls the event of a delay `xstate.after.DELAY.STATE`, and schedules and cancels it with actions of its own.
const delayOf = (eventType: string): string | null => /^xstate\.after\.([^.]+)\./.exec(eventType)?.[1] ?? null;

const eventName = (eventType: string): string => {
  const delay = delayOf(eventType);
  return delay === null ? eventType : `after ${delay}`;
};

const names = (actions: readonly unknown[]): readonly string[] =>
  actions.map(nameOf).filter((name) => !name.startsWith('xstate.'));

const nameOf = (named: unknown): string => {
  if (typeof named === 'string') return named;
  const type = (named as { readonly type?: unknown }).type;
  return typeof type === 'string' ? type : 'anonymous';
};
