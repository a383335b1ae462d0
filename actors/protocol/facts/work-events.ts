/**
 * The facts of what becomes of a session's work: snapshots of its tree, what was put back, the review, commands of the
 * repository, commits, landings. All of them stand in the session's ledger. What changes a tree or a branch is said before
 * it is done (`_begun`, with what was there and what will be), and again when it is.
 */
import * as z from 'zod';
import { storedText } from './content-part.ts';
import { gitId, writtenCommandId, writtenCommentId, writtenLandingId } from './id-schemas.ts';

export const snapshotReasons = [
  'run_start',
  'run_end',
  'before_restore',
  'before_commit',
  'before_landing',
  'before_removal',
  'review',
  'asked',
] as const;
export type SnapshotReason = (typeof snapshotReasons)[number];

/** Why a tree is put to another state: a person takes something back, gives something up, or it had been lost. */
export const restoreKinds = ['undo', 'discard', 'revert', 'discarded_work', 'rebase', 'recovery'] as const;
export type RestoreKind = (typeof restoreKinds)[number];

export const commandKinds = ['setup', 'check', 'teardown'] as const;
export type CommandKind = (typeof commandKinds)[number];

/** `lost`: the runtime died beside it, so nobody knows. */
export const commandOutcomes = ['passed', 'failed', 'cancelled', 'timed_out', 'lost'] as const;
export type CommandOutcome = (typeof commandOutcomes)[number];

export const landingWays = ['squash', 'merge', 'rebase'] as const;
export type LandingWay = (typeof landingWays)[number];

export const landingSteps = ['queued', 'rebasing', 'checking', 'waiting', 'landing'] as const;
export type LandingStep = (typeof landingSteps)[number];

export const tryOutcomes = ['passes', 'fails', 'cannot_tell'] as const;
/** `lost`: the runtime died beside it. */
export const bisectOutcomes = [
  'found',
  'always_fails',
  'never_fails',
  'unclear',
  'cancelled',
  'failed',
  'lost',
] as const;

export const pullRequestStates = ['draft', 'open', 'merged', 'closed'] as const;

export const commentSides = ['before', 'after'] as const;

const count = z.number().int().min(0);
/** The number of a snapshot in its session, from 1: S1, S2, … */
const snapshotNumber = z.number().int().min(1);

/** A file that a snapshot holds by its size and hash alone. */
const pointerFile = z.looseObject({ path: z.string(), bytes: z.number(), sha256: z.string() });
/** A path that could not be taken, and why in a few words. */
const missingFile = z.looseObject({ path: z.string(), why: z.string() });

/** Where a session's tree began, that was made from another's snapshot. */
export const startsFrom = z.looseObject({
  session: z.string(),
  snapshot: snapshotNumber,
  tree: gitId,
  head: gitId.nullable(),
});

export const pullRequestState = z.looseObject({
  number: z.number().int(),
  url: z.string(),
  title: z.string(),
  state: z.enum(pullRequestStates),
  checks: z.looseObject({ passed: count, failed: count, pending: count }),
  /** The word of those who review it (`approved`, `changes_requested`, …), if they said one. */
  review: z.string().nullable(),
});
export type PullRequestState = z.infer<typeof pullRequestState>;

export const workPayloads = {
  /** The tree as it was. Its numbers count against the snapshot before it, those of the first against the base. */
  snapshot_taken: z.looseObject({
    snapshot: snapshotNumber,
    tree: gitId,
    reason: z.enum(snapshotReasons),
    /** The run that it is of, for its start and its end. */
    run: count.nullable(),
    head: gitId.nullable(),
    /** The branch that the worktree really had; null: none was checked out. */
    branch: z.string().nullable(),
    files: count,
    additions: count,
    deletions: count,
    pointers: z.array(pointerFile).optional(),
    pointersLeftOut: count.optional(),
    missing: z.array(missingFile).optional(),
    missingLeftOut: count.optional(),
  }),
  snapshot_failed: z.looseObject({
    reason: z.enum(snapshotReasons),
    run: count.nullable(),
    message: z.string(),
  }),
  /** These are kept no more. */
  snapshots_dropped: z.looseObject({ snapshots: z.array(snapshotNumber) }),

  /** The tree is being put from that of a snapshot to another. `paths` null: all of it. */
  restore_begun: z.looseObject({
    kind: z.enum(restoreKinds),
    from: snapshotNumber,
    tree: gitId,
    /** The snapshot that the tree is, or the files are, of; null where it is none's. */
    to: snapshotNumber.nullable(),
    paths: z.array(z.string()).nullable(),
    files: count,
    /** The first of the files that it changes. */
    changed: z.array(z.string()).optional(),
  }),
  restore_finished: z.looseObject({ tree: gitId }),
  restore_abandoned: z.looseObject({ message: z.string() }),

  comment_added: z.looseObject({
    commentId: writtenCommentId,
    path: z.string(),
    side: z.enum(commentSides),
    /** The first and the last line, from 1, in the file of that side. */
    from: z.number().int().min(1),
    to: z.number().int().min(1),
    /** Those lines as they were. */
    quote: storedText,
    text: z.string(),
    /** The tree that the lines are of, and the snapshot that was reviewed, where it is one. */
    tree: gitId,
    snapshot: snapshotNumber.nullable(),
  }),
  comment_changed: z.looseObject({ commentId: writtenCommentId, text: z.string() }),
  comment_removed: z.looseObject({ commentId: writtenCommentId }),
  comment_resolved: z.looseObject({ commentId: writtenCommentId, resolved: z.boolean() }),
  /** They go with the next prompt, as soon as the run under way has ended. That prompt names them. */
  comments_queued: z.looseObject({ commentIds: z.array(writtenCommentId), words: z.string() }),
  /** A file was seen with this content (null: it is gone), or is taken for not seen. */
  file_viewed: z.looseObject({ path: z.string(), blob: gitId.nullable(), viewed: z.boolean() }),
  /** Everything up to this snapshot was looked at. */
  looked_at: z.looseObject({ snapshot: snapshotNumber }),

  command_started: z.looseObject({
    commandId: writtenCommandId,
    kind: z.enum(commandKinds),
    name: z.string(),
    command: z.string(),
    why: z.enum(['asked', 'after_run', 'landing', 'worktree']),
    attempt: z.number().int().min(1),
    /** The tree that it ran on, where that is known. */
    tree: gitId.nullable(),
  }),
  command_output: z.looseObject({ commandId: writtenCommandId, text: z.string() }),
  command_ended: z.looseObject({
    commandId: writtenCommandId,
    kind: z.enum(commandKinds),
    name: z.string(),
    outcome: z.enum(commandOutcomes),
    exitCode: z.number().int().nullable(),
    signal: z.string().nullable(),
    /** Head and tail of all that it said. */
    output: storedText,
  }),

  /** A branch is being moved to a commit of what the tree holds. */
  commit_begun: z.looseObject({
    ref: z.string(),
    old: gitId.nullable(),
    commit: gitId,
    hooks: z.enum(['ran', 'none', 'not_agreed']).optional(),
    signed: z.boolean().optional(),
  }),
  committed: z.looseObject({
    commit: gitId,
    branch: z.string().nullable(),
    subject: z.string(),
    files: count,
    hooks: z.enum(['ran', 'none', 'not_agreed']),
    signed: z.boolean(),
  }),
  commit_abandoned: z.looseObject({ commit: gitId, message: z.string() }),

  landing_queued: z.looseObject({
    landingId: writtenLandingId,
    way: z.enum(landingWays),
    /** The branch to land on. */
    onto: z.string(),
    /** Null: one is drafted when it is made. */
    message: z.string().nullable(),
    nameAgent: z.boolean(),
    /** Set when it lands though checks fail. */
    despiteChecks: z.literal(true).optional(),
    /** Set when it waits until nothing is in its way any more. */
    waits: z.literal(true).optional(),
  }),
  /** Where it stands among those that wait for the same branch: the smaller place lands first. Paused: not before it goes on. */
  landing_arranged: z.looseObject({
    landingId: writtenLandingId,
    place: z.number(),
    paused: z.boolean(),
    words: z.string(),
  }),
  landing_stepped: z.looseObject({
    landingId: writtenLandingId,
    step: z.enum(landingSteps),
    words: z.string().nullable(),
  }),
  /** It is made on top of the branch as it was then, and moves nothing yet. */
  landing_prepared: z.looseObject({
    landingId: writtenLandingId,
    base: gitId,
    commit: gitId,
    commits: count,
    files: count,
    additions: count,
    deletions: count,
  }),
  /** From here on the branch may stand at the new commit. */
  landing_begun: z.looseObject({ landingId: writtenLandingId, ref: z.string(), old: gitId, commit: gitId }),
  landed: z.looseObject({
    landingId: writtenLandingId,
    ref: z.string(),
    old: gitId,
    commit: gitId,
    /** The tip of the session that is landed with it. */
    tip: gitId.nullable(),
    /** Its files as they landed, committed or not. */
    tree: gitId.optional(),
    /** What became of the checkouts of that branch, a sentence each. */
    checkouts: z.array(
      z.looseObject({ path: z.string(), outcome: z.enum(['followed', 'left']), why: z.string().nullable() }),
    ),
  }),
  /** Given back to the session, with what there is to do. */
  landing_returned: z.looseObject({
    landingId: writtenLandingId,
    why: z.enum(['conflict', 'checks', 'refused']),
    paths: z.array(z.string()),
    task: z.string().nullable(),
    words: z.string(),
  }),
  /** It is ready, and something stands in its way. */
  landing_held: z.looseObject({
    landingId: writtenLandingId,
    words: z.string(),
    paths: z.array(z.string()),
    commit: gitId.nullable(),
  }),
  landing_withdrawn: z.looseObject({ landingId: writtenLandingId, words: z.string() }),
  /** The branch is being moved back. */
  landing_undo_begun: z.looseObject({ landingId: writtenLandingId, ref: z.string(), from: gitId, to: gitId }),
  landing_undone: z.looseObject({ landingId: writtenLandingId, undone: z.boolean(), words: z.string().nullable() }),

  /** The first turn after which a command fails is looked for, in a folder of its own. */
  bisect_begun: z.looseObject({ command: z.string(), snapshots: z.array(snapshotNumber) }),
  bisect_tried: z.looseObject({
    snapshot: snapshotNumber,
    outcome: z.enum(tryOutcomes),
    exitCode: z.number().int().nullable(),
    tookMs: count,
    /** The end of what it said. */
    output: storedText,
  }),
  /** `snapshot` is the first that fails, `before` the last that passes. */
  bisect_ended: z.looseObject({
    outcome: z.enum(bisectOutcomes),
    snapshot: snapshotNumber.nullable(),
    before: snapshotNumber.nullable(),
    /** The run whose work is in it; null: it was done between two runs. */
    run: count.nullable(),
    /** The position of the event that one can open: the end of that turn. */
    position: z.number().int().nullable(),
    message: z.string().nullable(),
  }),

  pushed: z.looseObject({ remote: z.string(), branch: z.string(), commit: gitId }),
  pull_request: pullRequestState,

  worktree_prepared: z.looseObject({
    port: z.number().int().nullable(),
    copied: z.array(z.string()),
    /** What a person should know: a submodule that could not be fetched, files that are pointers. */
    notes: z.array(z.string()),
    /** How many files are pointers of Git LFS, if any are. */
    largeFiles: count.optional(),
  }),
  /** The worktree was gone or had moved, and is there again. */
  worktree_recovered: z.looseObject({
    path: z.string(),
    /** The snapshot that its files are of, where they had to be made anew. */
    snapshot: snapshotNumber.nullable(),
    words: z.string(),
    /** Set when its files had to be made anew: what git ignores is not there, and no setup has run. */
    anew: z.literal(true).optional(),
    /** Where its repository is, that had moved. */
    repository: z.string().optional(),
  }),
} as const;
