/**
 * What became of a session's work, as it is asked for: whole (`GET …/work`), and the newest of everything, which the
 * dashboard's row has. Both are folds of the ledger: see `actors/model/work/`.
 */
import * as z from 'zod';
import { storedText } from '../facts/content-part.ts';
import { positionSchema, timestampSchema } from '../facts/id-schemas.ts';
import { pauseState } from '../facts/limit-events.ts';
import { commandOutcomes, pullRequestState, pullRequestStates, workPayloads } from '../facts/work-events.ts';
import { checkStates, landingState, landingStates } from '../facts/work-summary.ts';
import { type Route, sessionPath } from './route.ts';

const shownPullRequest = z.object({
  number: z.number().int(),
  url: z.string(),
  title: z.string(),
  state: z.enum(pullRequestStates),
  checks: z.object({ passed: z.number().int(), failed: z.number().int(), pending: z.number().int() }),
  review: z.string().nullable(),
});

/** As the dashboard's row has it: what is counted is a number. */
export const shownWork = z.object({
  /** Whether a person has put it out of the list. */
  archived: z.boolean(),
  snapshots: z.number().int(),
  branch: z.string().nullable(),
  restoring: z.boolean(),
  moving: z.boolean(),
  queuedPrompts: z.number().int(),
  /** What its run waits for before it goes on; null: it does not. */
  pause: pauseState.nullable(),
  checks: z.record(z.string(), z.enum(checkStates)),
  /** Whether its repository's teardown runs. */
  tearingDown: z.boolean(),
  landing: landingState.nullable(),
  openComments: z.number().int(),
  queuedComments: z.number().int(),
  sentComments: z.number().int(),
  pullRequest: shownPullRequest.nullable(),
});
export type ShownWork = z.infer<typeof shownWork>;

const placed = { at: timestampSchema, position: positionSchema };

export const sessionWork = z.object({
  /** In their order; those that were dropped are not among them. */
  snapshots: z.array(workPayloads.snapshot_taken.extend(placed)),
  /** The number that the next snapshot gets. */
  nextSnapshot: z.number().int(),
  restores: z.array(
    workPayloads.restore_begun.extend({ ...placed, state: z.enum(['under_way', 'finished', 'abandoned']) }),
  ),
  comments: z.array(
    workPayloads.comment_added.extend({
      ...placed,
      /** The runs whose prompts brought it to the agent. */
      sentWith: z.array(z.number().int()),
      queued: z.boolean(),
      resolved: z.boolean(),
    }),
  ),
  /** The comments that go with the next prompt by themselves, and the words with them. */
  queued: workPayloads.comments_queued.nullable(),
  viewed: z.array(z.object({ path: z.string(), blob: z.string().nullable() })),
  /** The snapshot up to which everything was looked at. */
  lookedAt: z.number().int().nullable(),
  /** In the order they were started. */
  commands: z.array(
    workPayloads.command_started.extend({
      ...placed,
      /** Null while it runs. */
      outcome: z.enum(commandOutcomes).nullable(),
      exitCode: z.number().int().nullable(),
      signal: z.string().nullable(),
      endedAt: timestampSchema.nullable(),
      output: storedText.nullable(),
      /** The run whose prompt brought its failure to the agent, and whether that went by itself. */
      sentWith: z.number().int().nullable(),
      sentByItself: z.boolean(),
    }),
  ),
  commits: z.array(workPayloads.committed.extend(placed)),
  /** A move of the session's own branch that may have been done and is not known to be. */
  commitBegun: workPayloads.commit_begun.nullable(),
  landings: z.array(
    workPayloads.landing_queued.extend({
      ...placed,
      state: z.enum(landingStates),
      words: z.string().nullable(),
      /** Those of a smaller place land on the same branch before it. */
      place: z.number(),
      /** It waits until a person has it go on, and so do those behind it. */
      paused: z.boolean(),
      prepared: workPayloads.landing_prepared.nullable(),
      /** The move of a branch that may have been done and is not known to be. */
      begun: workPayloads.landing_begun.nullable(),
      undoBegun: workPayloads.landing_undo_begun.nullable(),
      landed: workPayloads.landed.extend({ at: timestampSchema }).nullable(),
      returned: workPayloads.landing_returned.nullable(),
      held: workPayloads.landing_held.nullable(),
    }),
  ),
  /** The last search for the turn after which a command fails; `ended` is null while it goes on. */
  bisect: workPayloads.bisect_begun
    .extend({
      ...placed,
      tried: z.array(workPayloads.bisect_tried.extend(placed)),
      ended: workPayloads.bisect_ended.nullable(),
    })
    .nullable(),
  pushed: workPayloads.pushed.nullable(),
  pullRequest: pullRequestState.nullable(),
  prepared: workPayloads.worktree_prepared.nullable(),
  /** Position of the last prompt: what was done to the tree since then, the agent does not know of. */
  lastPromptAt: positionSchema.nullable(),
});
export type SessionWork = Readonly<z.infer<typeof sessionWork>>;
export type Snapshot = SessionWork['snapshots'][number];
export type Restore = SessionWork['restores'][number];
export type ReviewComment = SessionWork['comments'][number];
export type RanCommand = SessionWork['commands'][number];
export type Landing = SessionWork['landings'][number];

export const workRoutes = {
  work: {
    method: 'GET',
    path: '/api/sessions/{id}/work',
    summary: "What became of a session's work: snapshots, review, checks, commits, landings, pull request",
    parameters: sessionPath,
    answer: sessionWork,
  },
} as const satisfies Record<string, Route>;
