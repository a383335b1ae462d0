/** The routes that put things back: undo, discard, revert, what is staged, and work that was given up. */
import * as z from 'zod';
import { askedSessionId, gitId } from '../facts/id-schemas.ts';
import { done, type Route, sessionPath } from './route.ts';

const maxPaths = 10_000;
const maxHunks = 1_000;

// Git takes no other names into a tree; `.git` is refused by git itself.
const treePath = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0') && !path.startsWith('/') && !path.split('/').includes('..'), {
    error: 'give a path below the top of the worktree',
  });

/** One change of a file's lines, by its head in the diff: `@@ -3,2 +3,4 @@`. */
const askedHunk = z.strictObject({
  path: treePath,
  /** Where a renamed file was. */
  previousPath: treePath.optional(),
  header: z.string().max(1_000),
});

const hunks = z.array(askedHunk).min(1).max(maxHunks);

export const restoreRequest = z
  .strictObject({
    /** A snapshot's number, `before-run:N`, or the id of a tree. */
    to: z.union([z.number().int().min(1), z.string().regex(/^before-run:[1-9]\d{0,8}$/), gitId]),
    /** These files and folders alone; null: all that is meant. */
    paths: z.array(treePath).min(1).max(maxPaths).nullable().default(null),
    /** Only these changes of lines, as they stand in the diff from `to` to `seen`. */
    hunks: hunks.optional(),
    /** The tree that was looked at, where it is not the one of now. */
    seen: gitId.optional(),
    /** `undo` and `discard` put files back as they were; `revert` takes back what the run did to them and nothing else. */
    kind: z.enum(['undo', 'discard', 'revert']),
    /** Before a run: also the files that were changed after it, and not by it. */
    all: z.boolean().default(false),
  })
  .refine(({ hunks, paths }) => hunks === undefined || paths === null, 'give `paths` or `hunks`, not both');
export type RestoreRequest = z.infer<typeof restoreRequest>;

const restoredFile = z.object({
  path: z.string(),
  /** The name that it gets again; null where it keeps its own. */
  becomes: z.string().nullable(),
  /** What becomes of it. */
  change: z.enum(['changed', 'comes_back', 'goes_away', 'renamed', 'mode']),
  additions: z.number().int().nullable(),
  deletions: z.number().int().nullable(),
  /** It was changed once more after the run: that goes as well. */
  changedSince: z.boolean(),
});
export type RestoredFile = z.infer<typeof restoredFile>;

/**
 * Why something stays as it is: changed after the run and not by it, a repository of its own, too large to be kept, or
 * kept by Git LFS.
 */
export const stayReasons = ['changed_since', 'repository', 'too_large', 'lfs'] as const;

export const restorePreview = z.object({
  /** The snapshot that the files are put back to; null: none's. */
  to: z.number().int().nullable(),
  /** The tree as it will be. */
  tree: gitId,
  /** The snapshot of what is there now. */
  kept: z.number().int(),
  files: z.array(restoredFile),
  /** How many more files change than are listed. */
  filesLeftOut: z.number().int(),
  stays: z.array(z.object({ path: z.string(), why: z.enum(stayReasons) })),
  staysLeftOut: z.number().int(),
});
export type RestorePreview = z.infer<typeof restorePreview>;

export const restored = z.object({
  /** The snapshot of what was there before. */
  kept: z.number().int(),
  /** How many files were put back; 0: they were that way. */
  files: z.number().int(),
  tree: gitId,
  /** What stays as it is though it differs. */
  stays: restorePreview.shape.stays,
  /** Under what name the work that was given up can be brought back; null: nothing was. */
  discarded: z.string().nullable(),
});
export type Restored = z.infer<typeof restored>;

export const stageRequest = z
  .strictObject({
    paths: z.array(treePath).min(1).max(maxPaths).optional(),
    /** As they stand in the diff from `from` to the tree of now. */
    hunks: hunks.optional(),
    /** The tree that the diff begins at; without one, that of the commit that is checked out. */
    from: gitId.optional(),
    /** False takes it out of the index. */
    staged: z.boolean(),
  })
  .refine(({ paths, hunks }) => (paths === undefined) !== (hunks === undefined), 'give either `paths` or `hunks`');
export type StageRequest = z.infer<typeof stageRequest>;

export const discardedEntry = z.object({
  name: z.string(),
  repository: z.string(),
  /** The session it is of, and how that was called; null where only the worktree's name is known. */
  session: z.string().nullable(),
  sessionName: z.string().nullable(),
  /** Whether that session is there. */
  isThere: z.boolean(),
  snapshot: z.number().int().nullable(),
  /** What it is, in a few words. */
  words: z.string(),
  files: z.number().int().nullable(),
  lines: z.number().int().nullable(),
  ref: z.string(),
  /** The trees from which it can be looked at: what it would bring back is the way from `after` to `before`. */
  before: z.string(),
  after: z.string().nullable(),
  at: z.number(),
  /** When it is deleted; null: never. */
  until: z.number().nullable(),
});
export type DiscardedEntry = z.infer<typeof discardedEntry>;

export const broughtBack = z.union([
  restored.extend({ session: z.string() }),
  z.object({ branch: z.string(), commit: gitId }),
]);
export type BroughtBack = z.infer<typeof broughtBack>;

const discardedPath = z.object({
  name: z
    .string()
    .max(300)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'a name as the list has it'),
});

/** Whether the snapshots that the log names are in their repositories. */
export const snapshotsReport = z.object({
  /** False when some are gone; of what is away nothing is known. */
  ok: z.boolean(),
  /** How many the log names. */
  snapshots: z.number().int(),
  code: z.literal('snapshot.gone').nullable(),
  gone: z.array(
    z.object({
      session: z.string(),
      name: z.string(),
      snapshot: z.number().int(),
      tree: gitId,
      repository: z.string(),
    }),
  ),
  goneLeftOut: z.number().int(),
  /** Repositories that cannot be reached or read now, each with how many snapshots it has. */
  away: z.array(
    z.object({ repository: z.string(), snapshots: z.number().int(), code: z.string(), message: z.string() }),
  ),
});
export type SnapshotsReport = z.infer<typeof snapshotsReport>;

export const snapshotRoutes = {
  verifySnapshots: {
    method: 'GET',
    path: '/api/verify/snapshots',
    summary: 'Looks whether the snapshots that the log names are still in their repositories',
    answer: snapshotsReport,
  },
  restore: {
    method: 'POST',
    path: '/api/sessions/{id}/restore',
    summary: 'Puts the worktree, or some of it, back: what is there now is kept as a snapshot first',
    parameters: sessionPath,
    body: restoreRequest,
    answer: restored,
  },
  previewRestore: {
    method: 'POST',
    path: '/api/sessions/{id}/restore/preview',
    summary: 'What a restore would change, and what it would leave because it was changed since',
    parameters: sessionPath,
    body: restoreRequest,
    answer: restorePreview,
  },
  stage: {
    method: 'POST',
    path: '/api/sessions/{id}/stage',
    summary: 'Puts files or changes of lines into the index of the worktree, or takes them out of it',
    parameters: sessionPath,
    body: stageRequest,
    answer: done.extend({ paths: z.array(z.string()) }),
  },
  discarded: {
    method: 'GET',
    path: '/api/discarded',
    summary: 'The work that was given up and can be brought back, of every session, the last first',
    answer: z.object({
      discarded: z.array(discardedEntry),
      /** For how many days each is kept. */
      days: z.number(),
    }),
  },
  restoreDiscarded: {
    method: 'POST',
    path: '/api/discarded/{name}/restore',
    summary: 'Brings discarded work back: into the session it is of, another one, or as a commit on a new branch',
    parameters: discardedPath,
    body: z
      .strictObject({
        into: askedSessionId.nullable().default(null),
        branch: z.string().min(1).max(200).optional(),
      })
      .refine(({ into, branch }) => into === null || branch === undefined, 'give `into` or `branch`, not both'),
    answer: broughtBack,
  },
  deleteDiscarded: {
    method: 'DELETE',
    path: '/api/discarded/{name}',
    summary: 'Deletes discarded work; it cannot be brought back then',
    parameters: discardedPath,
    answer: done,
  },
} as const satisfies Record<string, Route>;
