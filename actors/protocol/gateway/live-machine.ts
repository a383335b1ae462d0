/**
 * What the machine of a live session does, as XState tells it (its inspection events), as plain data: states,
 * transitions and actions by the names and ids that its statechart has.
 */
import * as z from 'zod';

const place = {
  /** The run whose machine it is. */
  run: z.number().int().min(1),
  at: z.number(),
};
/** The innermost states it is in, as ids of the statechart. */
const states = z.array(z.string());

const timer = {
  /** The delay's name and how long it is. */
  delay: z.string(),
  delayMs: z.number(),
  /** The state that set it. */
  state: z.string(),
};

export const liveMachineEvent = z.discriminatedUnion('type', [
  /** How it stands: told when somebody begins to look, and when a run begins. */
  z.object({ type: z.literal('@xstate.actor'), ...place, states, timers: z.array(z.object(timer)) }),
  /** It is told something: a fact of the log, or (without a seq) what is not in the log, such as a delay that passed. */
  z.object({
    type: z.literal('@xstate.event'),
    ...place,
    event: z.string(),
    seq: z.number().int().nullable(),
    /** What the fact says, in a few words. */
    says: z.string(),
  }),
  /** An action that is carried out: one of the actor's own. */
  z.object({ type: z.literal('@xstate.action'), ...place, action: z.string() }),
  z.object({ type: z.literal('timer_set'), ...place, ...timer }),
  z.object({ type: z.literal('timer_cancelled'), ...place, delay: z.string(), state: z.string() }),
  /** The transitions it took, and from where to where. */
  z.object({
    type: z.literal('@xstate.microstep'),
    ...place,
    from: states,
    to: states,
    transitions: z.array(
      z.object({
        /** Its id in the statechart. */
        id: z.string(),
        guard: z.string().nullable(),
        actions: z.array(z.string()),
      }),
    ),
  }),
  /** Where it stands after what it was told. */
  z.object({
    type: z.literal('@xstate.snapshot'),
    ...place,
    states,
    status: z.enum(['active', 'done', 'error', 'stopped']),
  }),
]);
export type LiveMachineEvent = z.infer<typeof liveMachineEvent>;

/** Some of them in order; `dropped` were left out before the first, because they could not be taken so fast. */
export const liveMachineEvents = z.object({ events: z.array(liveMachineEvent), dropped: z.number().int().min(0) });
export type LiveMachineEvents = z.infer<typeof liveMachineEvents>;

/** How many wait at most for somebody who is slow; the oldest are left out. */
export const maxWaitingMachineEvents = 500;
