/**
 * The facts of a run that waits: its agent's model has refused for now, or a person holds it. It goes on in the same
 * conversation, and its status stays `running` meanwhile.
 */
import * as z from 'zod';

/** A usage limit, a model's service or the way to it, an agent that asks its model without end, a person. */
export const pauseCauses = ['limit', 'service', 'connection', 'flood', 'person'] as const;
export type PauseCause = (typeof pauseCauses)[number];

const pause = {
  why: z.enum(pauseCauses),
  /** When it goes on, in milliseconds UTC; null: when a person says so. */
  until: z.number().nullable(),
  /** Whether that time was told; else it is tried then, and later again. */
  known: z.boolean(),
  /** How many times in a row it has been refused, from 1. */
  attempt: z.number().int().min(1),
  /** In the agent's words, or ours. */
  message: z.string(),
  /** What the agent is told then: its prompt once more, as it has dropped that, or to go on. */
  again: z.enum(['prompt', 'continue']),
} as const;

/** As a session's row has it; its message is one line. */
export const pauseState = z.object({ ...pause, name: z.string().nullable() });
export type PauseState = z.infer<typeof pauseState>;

/** Events of a run. */
export const pausePayloads = {
  /** A second one in the same pause takes the place of the first. */
  paused: z.looseObject({
    ...pause,
    /** What the agent calls the limit. */
    name: z.string().optional(),
  }),
  continued: z.looseObject({
    by: z.enum(['time', 'person']),
    /** What its agent is told, where that is not its prompt. */
    text: z.string().optional(),
  }),
} as const;

/** Events of a session's ledger. */
export const pauseLedgerPayloads = {
  /** A person has said when it goes on, in milliseconds UTC; null: when a person says so. */
  pause_moved: z.looseObject({ until: z.number().nullable() }),
} as const;
