/** A session's inspection events as the steps they are parts of: what was told, what followed, where that led. */
import type { LiveMachineEvent } from '../../../actors/protocol/gateway/live-machine.ts';

/** A timer of the machine: set when a state is entered, cancelled when it is left, unless it passed before. */
export type LiveTimer =
  | { readonly kind: 'set'; readonly delay: string; readonly delayMs: number }
  | { readonly kind: 'cancelled'; readonly delay: string };

export type LiveStep =
  | {
      readonly kind: 'step';
      readonly key: number;
      readonly run: number;
      /** The fact's place in its run; null for what is not in the log. */
      readonly seq: number | null;
      readonly at: number;
      readonly event: string;
      readonly says: string;
      readonly from: readonly string[];
      readonly to: readonly string[];
      readonly guards: readonly string[];
      readonly actions: readonly string[];
      readonly timers: readonly LiveTimer[];
    }
  /** How it stood when somebody began to look, or when a run began. */
  | {
      readonly kind: 'standing';
      readonly key: number;
      readonly run: number;
      readonly at: number;
      readonly states: readonly string[];
      readonly timers: readonly LiveTimer[];
    }
  /** Events that came faster than they could be taken. */
  | { readonly kind: 'gap'; readonly key: number; readonly dropped: number };

type Told = Extract<LiveStep, { readonly kind: 'step' }>;

export const maxLiveSteps = 200;

/** The steps with what was told since; only the last ones are kept. */
export const addLiveEvents = (
  steps: readonly LiveStep[],
  events: readonly LiveMachineEvent[],
  dropped: number,
): readonly LiveStep[] => {
  const next = [...steps];
  let key = (next.at(-1)?.key ?? 0) + 1;
  if (dropped > 0) next.push({ kind: 'gap', key: key++, dropped });

  /** Changes the step that is being told; what comes without its beginning belongs to none. */
  const change = (part: (told: Told) => Partial<Told>): void => {
    const last = next.at(-1);
    if (last?.kind === 'step') next[next.length - 1] = { ...last, ...part(last) };
  };

  for (const event of events) {
    switch (event.type) {
      case '@xstate.actor':
        next.push({
          kind: 'standing',
          key: key++,
          run: event.run,
          at: event.at,
          states: event.states,
          timers: event.timers.map(({ delay, delayMs }) => ({ kind: 'set', delay, delayMs })),
        });
        break;
      case '@xstate.event': {
        const { run, seq, at, says } = event;
        next.push({
          kind: 'step',
          key: key++,
          run,
          seq,
          at,
          event: event.event,
          says,
          from: [],
          to: [],
          guards: [],
          actions: [],
          timers: [],
        });
        break;
      }
      case '@xstate.action':
        change(({ actions }) => ({ actions: [...actions, event.action] }));
        break;
      case 'timer_set':
        change(({ timers }) => ({ timers: [...timers, { kind: 'set', delay: event.delay, delayMs: event.delayMs }] }));
        break;
      case 'timer_cancelled':
        change(({ timers }) => ({ timers: [...timers, { kind: 'cancelled', delay: event.delay }] }));
        break;
      case '@xstate.microstep':
        change(({ from, guards, actions }) => ({
          from: from.length === 0 ? event.from : from,
          to: event.to,
          guards: [...guards, ...event.transitions.flatMap(({ guard }) => guard ?? [])],
          actions: [...new Set([...event.transitions.flatMap((transition) => transition.actions), ...actions])],
        }));
        break;
      case '@xstate.snapshot':
        change(({ from }) => ({ from: from.length === 0 ? event.states : from, to: event.states }));
        break;
    }
  }
  return next.slice(-maxLiveSteps);
};

/** The delay that an event stands for, when it is one that passed: `xstate.after.DELAY.STATE`. */
export const passedDelay = (event: string): string | null => /^xstate\.after\.([^.]+)\./.exec(event)?.[1] ?? null;
