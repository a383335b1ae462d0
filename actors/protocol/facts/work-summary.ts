/** What a session's row holds of its work: the newest of everything, folded with each event (`actors/model/work/`). */
import * as z from 'zod';
import { pauseState } from './limit-events.ts';
import { commandOutcomes, landingSteps, pullRequestState } from './work-events.ts';

export const landingStates = [...landingSteps, 'landed', 'returned', 'held', 'withdrawn', 'undone'] as const;
export const checkStates = ['running', ...commandOutcomes] as const;

export const landingState = z.object({
  landingId: z.string(),
  onto: z.string(),
  state: z.enum(landingStates),
  /** What is being done, or stands in its way, in a few words. */
  words: z.string().nullable(),
  commit: z.string().nullable(),
});
export type LandingState = z.infer<typeof landingState>;

/** Prompts that wait for a time, by their ids. */
export const later = z.record(z.string(), z.object({ at: z.number(), evenAfterFailure: z.boolean() }));
export type Later = z.infer<typeof later>;

/** As the session's row in the store has it: the ids are needed to go on counting. */
export const workSummary = z.object({
  /** Whether a person has put it out of the list. */
  archived: z.boolean().default(false),
  /** The number of the last snapshot; 0: none was taken. */
  snapshots: z.number().int().default(0),
  /** The branch that the worktree had at the last of them; null: none, or nobody has looked. */
  branch: z.string().nullable().default(null),
  /** Whether the tree is being put to another state. */
  restoring: z.boolean().default(false),
  /** Whether a branch may have been moved for it that is not known to be: its own by a commit, or by a landing. */
  moving: z.boolean().default(false),
  /** Comments that nobody has sent yet; those that go with the next prompt; those that were sent and are not resolved. */
  openComments: z.array(z.string()).default([]),
  queuedComments: z.array(z.string()).default([]),
  sentComments: z.array(z.string()).default([]),
  /** Prompts that wait for the run under way to complete. */
  queuedPrompts: z.number().int().default(0),
  /** Those of them that wait for a time. */
  later: later.default({}),
  /** What its run waits for before it goes on; null: it does not. */
  pause: pauseState.nullable().default(null),
  /** How the checks ended the last time, by their names; `running` while they do. */
  checks: z.record(z.string(), z.enum(checkStates)).default({}),
  /** Whether its repository's teardown runs. */
  tearingDown: z.boolean().default(false),
  landing: landingState.nullable().default(null),
  pullRequest: pullRequestState.nullable().default(null),
});
export type WorkSummary = z.infer<typeof workSummary>;

export const noWork: WorkSummary = workSummary.parse({});

/** As it is stored: only what is not as it was before there was any work, so that most rows hold nothing of it. */
export const storedWork = (work: WorkSummary): string => {
  const nothing = new Map(Object.entries(noWork).map(([name, value]) => [name, JSON.stringify(value)]));
  const told = Object.entries(work).filter(([name, value]) => JSON.stringify(value) !== nothing.get(name));
  return JSON.stringify(Object.fromEntries(told));
};
