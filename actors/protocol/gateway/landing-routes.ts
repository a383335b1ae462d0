/** From a session to its branch and on to another one: committed, foreseen, queued, landed, undone. */
import * as z from 'zod';
import { askedLandingId, askedSessionId, gitId, writtenLandingId, writtenSessionId } from '../facts/id-schemas.ts';
import { commandOutcomes, landingWays } from '../facts/work-events.ts';
import { landingStates } from '../facts/work-summary.ts';
import { done, type Route, sessionPath } from './route.ts';

export const maxLandings = 100;
const message = z
  .string()
  .max(50_000)
  .refine((text) => text.trim() !== '', 'a message cannot be empty')
  .refine((text) => !text.includes('\0'), 'a message has no NUL');
const branchName = z.string().min(1).max(250);
const count = z.number().int().min(0);

const conflictingFile = z.object({
  path: z.string(),
  /** What conflicts there, in a few words: `both change lines 38–44`. */
  words: z.string().nullable(),
});
export type ConflictingFile = z.infer<typeof conflictingFile>;

/** A folder that has the branch out, and what becomes of it. */
export const checkoutStanding = z.object({
  kind: z.enum(['follows', 'elsewhere', 'in_the_way', 'unfinished', 'filtered', 'away', 'several']),
  /** Whether the branch can move as it is. */
  lets: z.boolean(),
  path: z.string(),
  /** The session whose worktree it is; null: the person's own. */
  session: z.object({ id: writtenSessionId, name: z.string() }).nullable(),
  title: z.string(),
  more: z.string().nullable(),
  /** What the person can do there instead. */
  command: z.string().nullable(),
  files: z.array(z.object({ path: z.string(), why: z.string() })),
});
export type CheckoutStanding = z.infer<typeof checkoutStanding>;

export const foreseen = z.object({
  /** The files that conflict with the branch as it is now. */
  base: z.array(conflictingFile),
  /** Sessions it was compared with; those with files conflict, if they land first. */
  sessions: z.array(z.object({ id: writtenSessionId, name: z.string(), files: z.array(conflictingFile) })),
});
export type Foreseen = z.infer<typeof foreseen>;

/** What stands in the way of it now, a sentence each. */
const blocker = z.object({ code: z.string(), words: z.string(), hint: z.string().nullable() });

const commitHooks = z.object({
  /** Their names, as `pre-commit`. */
  names: z.array(z.string()),
  /** Where they are. */
  folder: z.string(),
  /** Of their content: who agrees, agrees to this. */
  hash: z.string(),
  agreed: z.boolean(),
});
export type CommitHooks = z.infer<typeof commitHooks>;

export const landingPreview = z.object({
  /** The branch to land on, where it stands, and by how many commits it moved on. */
  onto: z.string(),
  tip: gitId.nullable(),
  behind: count.nullable(),
  /** The branch that the worktree really has; null: none. */
  branch: z.string().nullable(),
  way: z.enum(landingWays),
  /** How many commits of its own the session has. */
  commits: count,
  files: count,
  additions: count,
  deletions: count,
  /** Files with work that no commit has: it is committed with the landing. */
  uncommitted: count,
  message: z.string(),
  /** They stand at the end of each commit that lands. */
  trailers: z.array(z.string()),
  /** The one that names the agent, where that is wanted. */
  agentTrailer: z.string(),
  /** `NAME <EMAIL>`; null: git knows nobody here. */
  author: z.string().nullable(),
  /** How it is signed; null: not at all. */
  signing: z.enum(['openpgp', 'ssh', 'x509']).nullable(),
  /** The hooks of a commit; null: there are none. */
  hooks: commitHooks.nullable(),
  foreseen,
  checkouts: z.array(checkoutStanding),
  blockers: z.array(blocker),
});
export type LandingPreview = z.infer<typeof landingPreview>;

export const queuedLanding = z.object({
  landingId: writtenLandingId,
  session: z.object({ id: writtenSessionId, name: z.string(), agent: z.string() }),
  repository: z.string(),
  onto: z.string(),
  way: z.enum(landingWays),
  state: z.enum(landingStates),
  words: z.string().nullable(),
  /** It waits until a person has it go on, and so do those behind it. */
  paused: z.boolean(),
  commit: z.string().nullable(),
  files: count.nullable(),
  additions: count.nullable(),
  deletions: count.nullable(),
  /** Files in its way, or in conflict. */
  paths: z.array(z.string()),
  /** What its agent was given to do. */
  task: z.string().nullable(),
  /** What became of the checkouts of the branch, a sentence each. */
  checkouts: z.array(z.string()),
  /** Checks that it had run, in their order. */
  checks: z.array(z.object({ name: z.string(), outcome: z.enum(commandOutcomes).nullable() })),
  queuedAt: z.number(),
  landedAt: z.number().nullable(),
});
export type QueuedLanding = z.infer<typeof queuedLanding>;

/** What would come of landing several, one after the other. */
export const plannedLanding = z.object({
  session: z.object({ id: writtenSessionId, name: z.string() }),
  onto: z.string(),
  tip: gitId.nullable(),
  way: z.enum(landingWays),
  outcome: z.enum(['lands', 'nothing', 'returned', 'held', 'refused']),
  commits: count,
  files: count,
  additions: count,
  deletions: count,
  behind: count.nullable(),
  uncommitted: count,
  /** The session before it in this plan that it conflicts with, or null: the branch. */
  conflictsWith: z.string().nullable(),
  conflicts: z.array(conflictingFile),
  /** How its checks ended the last time. */
  checks: z.record(z.string(), z.string()),
  words: z.string().nullable(),
  hint: z.string().nullable(),
  checkouts: z.array(checkoutStanding),
});
export type PlannedLanding = z.infer<typeof plannedLanding>;

export const landingRequest = z.strictObject({
  /** In the order in which they are to land. */
  sessions: z.array(askedSessionId).min(1).max(maxLandings),
  /** Default: as the repository says, else `squash`. */
  how: z.enum(landingWays).optional(),
  /** Default: the branch that the session began at. */
  onto: branchName.optional(),
  /** By session; where there is none, one is drafted. */
  messages: z.record(z.string(), message).optional(),
  nameAgent: z.boolean().default(false),
  /** It lands though checks fail. */
  despiteChecks: z.boolean().default(false),
  /** What is in the way is waited for. */
  waits: z.boolean().default(false),
  /** Nothing is changed: only says what would come of it. */
  dryRun: z.boolean().default(false),
});
export type LandingRequest = z.infer<typeof landingRequest>;

export const landingAnswer = z.object({
  landings: z.array(z.object({ session: writtenSessionId, landingId: writtenLandingId })),
  /** Of a dry run. */
  plan: z.array(plannedLanding),
});
export type LandingAnswer = z.infer<typeof landingAnswer>;

export const commitRequest = z.strictObject({
  /** Default: one that is drafted. */
  message: message.optional(),
  /** Which hooks run: those that were agreed to (null: none), or those with this content, which is agreed to by this. */
  hooks: z
    .union([z.literal('agreed'), z.string().regex(/^[0-9a-f]{64}$/, 'the hash of the hooks')])
    .nullable()
    .default('agreed'),
  nameAgent: z.boolean().default(false),
});
export type CommitRequest = z.infer<typeof commitRequest>;

export const commitAnswer = z.object({
  commit: gitId,
  branch: z.string().nullable(),
  subject: z.string(),
  files: count,
  additions: count,
  deletions: count,
  signed: z.boolean(),
  hooks: z.enum(['ran', 'none', 'not_agreed']),
  /** What the hooks said. */
  output: z.string(),
});
export type CommitAnswer = z.infer<typeof commitAnswer>;

const arrangement = z
  .strictObject({
    /** Of the same queue; null: behind all others. */
    before: askedLandingId.nullable().optional(),
    /** Whether the queue stops before it, or goes on. */
    paused: z.boolean().optional(),
  })
  .refine(({ before, paused }) => before !== undefined || paused !== undefined, 'say what is to change');
export type Arrangement = z.infer<typeof arrangement>;

const landingPath = sessionPath.extend({ landingId: askedLandingId });

export const landingRoutes = {
  landing: {
    method: 'GET',
    path: '/api/sessions/{id}/landing',
    summary: 'What would be landed: files, message, conflicts foreseen, the checkout, what stands in the way',
    parameters: sessionPath,
    query: z.strictObject({ how: z.enum(landingWays).optional(), onto: branchName.optional() }),
    answer: landingPreview,
  },
  commit: {
    method: 'POST',
    path: '/api/sessions/{id}/commit',
    summary: "Commits all that the session's worktree holds on its own branch, as the person",
    parameters: sessionPath,
    body: commitRequest,
    bodyBytes: 256 * 1024,
    answer: commitAnswer,
  },
  land: {
    method: 'POST',
    path: '/api/landings',
    summary: 'Puts sessions into the queue that lands them one by one; with dryRun it only says what would come of it',
    body: landingRequest,
    bodyBytes: 1024 * 1024,
    answer: landingAnswer,
  },
  landings: {
    method: 'GET',
    path: '/api/landings',
    summary: 'The queue in its order: what waits, is under way or held, and the last landing of every other session',
    answer: z.object({ landings: z.array(queuedLanding) }),
  },
  arrangeLanding: {
    method: 'POST',
    path: '/api/sessions/{id}/landings/{landingId}',
    summary: 'Moves one that waits in the queue before another, or to the end; has the queue stop before it, or go on',
    parameters: landingPath,
    body: arrangement,
    answer: done,
  },
  withdrawLanding: {
    method: 'DELETE',
    path: '/api/sessions/{id}/landings/{landingId}',
    summary: 'Takes a landing out of the queue; the work stays as it is',
    parameters: landingPath,
    answer: done,
  },
  undoLanding: {
    method: 'POST',
    path: '/api/sessions/{id}/landings/{landingId}/undo',
    summary: 'Moves the branch back to where it was before the landing, while it is still there and not pushed',
    parameters: landingPath,
    body: z.strictObject({}),
    answer: z.object({
      ref: z.string(),
      /** Where the branch stands again. */
      commit: gitId,
      /** By this the landed commit can still be had. */
      keptRef: z.string(),
      checkouts: z.array(z.string()),
    }),
  },
} as const satisfies Record<string, Route>;
