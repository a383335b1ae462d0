/** The review of a session's changes: what differs over a range, the comments on it, and how they reach the agent. */
import * as z from 'zod';
import { askedCommentId, gitId } from '../facts/id-schemas.ts';
import { commentSides } from '../facts/work-events.ts';
import { done, type Route, sessionPath } from './route.ts';

/** What a review sends and keeps is bounded by these; a prompt is never longer than the longest one allowed. */
export const maxComments = 100;
const maxCommentCharacters = 5_000;
const maxWordsCharacters = 20_000;

/**
 * From where to where is looked: `run:3` (a run's start to its end), `looked` (since everything was looked at), `base`
 * (against the base branch as it is now) or `base:REF`, `S2..S5`, `S2..now`. `now` is the tree as it is.
 */
export const reviewRange = z
  .string()
  .regex(
    /^(?:run:[1-9]\d{0,8}|looked|base(?::[^\s-]\S{0,254})?|S[1-9]\d{0,8}\.\.(?:S[1-9]\d{0,8}|now))$/,
    'a range is run:N, looked, base, base:REF, S2..S5 or S2..now',
  );

const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => !text.includes('\0'), 'a path has no NUL');
const lineNumber = z.number().int().min(1).max(10_000_000);
const lineRange = z.object({ from: z.number().int(), to: z.number().int() });

const end = z.object({
  tree: gitId,
  /** The snapshot that it is; null for the base. */
  snapshot: z.number().int().nullable(),
  at: z.number().nullable(),
});

export const reviewFile = z.object({
  /** Where it is now; of a deleted one, where it was. */
  path: z.string(),
  previousPath: z.string().optional(),
  /** `mode`: only its mode differs; `type`: it was a file and is a symlink, or the like. */
  kind: z.enum(['added', 'modified', 'deleted', 'renamed', 'mode', 'type']),
  /** How much of a renamed file is the same, in percent. */
  similarity: z.number().optional(),
  /** As git writes them: 100644, 100755, 120000 (symlink), 160000 (a repository); 000000 is none. */
  oldMode: z.string(),
  newMode: z.string(),
  oldBlob: gitId.nullable(),
  newBlob: gitId.nullable(),
  /** Sizes of what has no lines to count. */
  oldBytes: z.number().optional(),
  newBytes: z.number().optional(),
  /** Lines; null for what is binary, or too large to be compared by lines. */
  additions: z.number().int().nullable(),
  deletions: z.number().int().nullable(),
  /** Whether its name is a picture's; its bytes say whether it is one, when they are asked for. */
  picture: z.boolean(),
  /** How many comments on it are not resolved. */
  comments: z.number().int(),
  /** `changed`: it was viewed, and has another content now. */
  viewed: z.enum(['no', 'yes', 'changed']),
});
export type ReviewFile = z.infer<typeof reviewFile>;

/** What the session's changes are compared with: where it and its base branch last had the same. */
const reviewBase = z.object({
  /** The branch's or the ref's name, as it was asked for or as the session began; null when it has none. */
  name: z.string().nullable(),
  commit: gitId,
  /**
   * `now`: found from the base branch as it is. `remembered`: from where the session began, as the branch is gone or has
   * nothing in common with it; `words` says which.
   */
  from: z.enum(['now', 'remembered']),
  words: z.string().nullable(),
});
export type ReviewBase = z.infer<typeof reviewBase>;

export const reviewFiles = z.object({
  /** The range that was looked at, also where none was asked for. */
  range: z.string(),
  /** The run of it, where it is one's. */
  run: z.number().int().nullable(),
  /** Trees, to be given to `reviewPatch` and `reviewComments`. */
  from: gitId,
  to: gitId,
  fromEnd: end,
  toEnd: end,
  base: reviewBase.nullable(),
  /** In the order in which a tree shows them: a folder's own files, then its folders. */
  files: z.array(reviewFile),
  /** There are more files than are listed. */
  cut: z.boolean(),
  /** How many commits the base branch has that the session has not; null when that cannot be said. */
  behind: z.number().int().nullable(),
  /** How many commits the session has that its base has not. */
  ahead: z.number().int().nullable(),
  /** The branch that is really checked out; null: none is. */
  branch: z.string().nullable(),
});
export type ReviewFiles = z.infer<typeof reviewFiles>;

const countedRange = z.object({
  range: z.string(),
  run: z.number().int().nullable(),
  files: z.number().int(),
  additions: z.number().int(),
  deletions: z.number().int(),
});

export const reviewRanges = z.object({
  /** The last run, since everything was looked at, against the base; those that there are. */
  ranges: z.array(countedRange),
  /** The one of them that a review begins with. */
  first: z.string().nullable(),
  /** Every run that has a start and an end to compare. */
  runs: z.array(z.number().int()),
});
export type ReviewRanges = z.infer<typeof reviewRanges>;

export const reviewPatch = z.object({
  /** A unified diff; of one file that is not to be shown by lines it is empty. */
  text: z.string(),
  /** It ends before its end. */
  cut: z.boolean(),
  /** The file is larger than a megabyte, and not compared by lines. */
  tooLarge: z.boolean(),
  binary: z.boolean(),
});

export const commentStates = ['open', 'queued', 'sent', 'answered', 'resolved'] as const;

export const placedComment = z.object({
  commentId: z.string(),
  path: z.string(),
  side: z.enum(commentSides),
  /** Its lines in the file that it was written on. */
  from: z.number().int(),
  to: z.number().int(),
  quote: z.string(),
  text: z.string(),
  tree: gitId,
  snapshot: z.number().int().nullable(),
  at: z.number(),
  state: z.enum(commentStates),
  /** The run that it was sent with last. */
  sentWith: z.number().int().nullable(),
  /** The run in which its lines changed after it was sent, as git says. */
  answeredIn: z.number().int().nullable(),
  /** Where its file is in the tree that was asked for; null when it is not there. */
  pathNow: z.string().nullable(),
  /** Where its lines are there, or what stands in their place (`changed`); null when they are gone. */
  lines: lineRange.nullable(),
  changed: z.boolean(),
  /** The line nearest to where they were, when they are gone; 0 in an empty file. */
  nearest: z.number().int().nullable(),
});
export type PlacedComment = z.infer<typeof placedComment>;

export const reviewComments = z.object({
  comments: z.array(placedComment),
  /** What goes to the agent by itself when the run under way has ended. */
  queued: z.object({ commentIds: z.array(z.string()), words: z.string() }).nullable(),
});

const commentPath = sessionPath.extend({ commentId: askedCommentId });

const commentIds = z.array(askedCommentId).max(maxComments, `a prompt brings at most ${maxComments} comments`);

export const reviewRoutes = {
  reviewRanges: {
    method: 'GET',
    path: '/api/sessions/{id}/review/ranges',
    summary: 'What of a session can be reviewed, how many files each range has, and which one to begin with',
    parameters: sessionPath,
    answer: reviewRanges,
  },
  reviewFiles: {
    method: 'GET',
    path: '/api/sessions/{id}/review/files',
    summary: 'The files that differ over a range of a session; without one, over what it is best begun with',
    parameters: sessionPath,
    query: z.strictObject({ range: reviewRange.optional() }),
    answer: reviewFiles,
  },
  reviewPatch: {
    method: 'GET',
    path: '/api/sessions/{id}/review/patch',
    summary: 'How one file differs between two trees, as a unified diff; without a path, how all of them do',
    parameters: sessionPath,
    query: z.strictObject({
      from: gitId,
      to: gitId,
      path: path.optional(),
      /** Where a renamed file was. */
      previousPath: path.optional(),
      /** Lines around each change; `all`: the whole file. */
      context: z.union([z.literal('all'), z.coerce.number().int().min(0).max(10_000)]).default(3),
      /** `ignore`: lines that differ in spaces alone are the same. */
      whitespace: z.enum(['ignore', 'show']).default('show'),
    }),
    answer: reviewPatch,
  },
  reviewBlob: {
    method: 'GET',
    path: '/api/sessions/{id}/review/blob',
    summary: "A picture in a session's trees, as its bytes: PNG, JPEG, GIF or WebP, at most 10 MB",
    parameters: sessionPath,
    query: z.strictObject({ blob: gitId }),
    answer: z.object({ contentType: z.string(), bytes: z.instanceof(Uint8Array) }),
    bytes: ['image/png', 'image/jpeg', 'image/gif', 'image/webp'],
  },
  lookedAt: {
    method: 'POST',
    path: '/api/sessions/{id}/review/looked',
    summary: 'Says that everything up to a snapshot was looked at',
    parameters: sessionPath,
    body: z.strictObject({ snapshot: z.number().int().min(1) }),
    answer: done,
  },
  viewed: {
    method: 'POST',
    path: '/api/sessions/{id}/review/viewed',
    summary: 'Says that a file was viewed with this content (null: it is gone), or that it was not',
    parameters: sessionPath,
    body: z.strictObject({ path, blob: gitId.nullable(), viewed: z.boolean() }),
    answer: done,
  },
  reviewComments: {
    method: 'GET',
    path: '/api/sessions/{id}/review/comments',
    summary: 'The comments of a review, with where their lines are in a tree (without one: as it is now)',
    parameters: sessionPath,
    /** Comments on lines as they were before are placed in `from`, where it is given. */
    query: z.strictObject({ tree: gitId.optional(), from: gitId.optional() }),
    answer: reviewComments,
  },
  comment: {
    method: 'POST',
    path: '/api/sessions/{id}/review/comments',
    summary: 'Writes a comment on lines of a file; it is kept, and sent when somebody says so',
    parameters: sessionPath,
    body: z
      .strictObject({
        path,
        /** Whether the lines are those before or after the changes; `tree` is that side's. */
        side: z.enum(commentSides).default('after'),
        from: lineNumber,
        to: lineNumber,
        /** What the lines are, as they were read; the tree's own are kept. */
        quote: z.string().max(1_000_000).optional(),
        text: z
          .string()
          .max(maxCommentCharacters)
          .refine((text) => text.trim() !== '', 'a comment cannot be empty'),
        tree: gitId,
        snapshot: z.number().int().min(1).nullable().default(null),
      })
      .refine(({ from, to }) => from <= to, 'the first line is not after the last'),
    bodyBytes: 2 * 1024 * 1024,
    answer: z.object({ commentId: z.string() }),
  },
  changeComment: {
    method: 'POST',
    path: '/api/sessions/{id}/review/comments/{commentId}',
    summary: 'Gives a comment other words, resolves it, or opens it again',
    parameters: commentPath,
    body: z.strictObject({
      text: z
        .string()
        .max(maxCommentCharacters)
        .refine((text) => text.trim() !== '', 'a comment cannot be empty')
        .optional(),
      resolved: z.boolean().optional(),
    }),
    answer: done,
  },
  removeComment: {
    method: 'DELETE',
    path: '/api/sessions/{id}/review/comments/{commentId}',
    summary: 'Takes a comment away',
    parameters: commentPath,
    answer: done,
  },
  sendReview: {
    method: 'POST',
    path: '/api/sessions/{id}/review/send',
    summary: 'Sends comments to the agent as the next prompt; with `queue`, as soon as the run under way has ended',
    parameters: sessionPath,
    body: z.strictObject({
      /** Those to send; without them all that are open. */
      commentIds: commentIds.optional(),
      words: z.string().max(maxWordsCharacters).default(''),
      queue: z.boolean().default(false),
    }),
    answer: z.object({
      /** The run that was begun with them. */
      run: z.number().int().nullable(),
      queued: z.boolean(),
      comments: z.number().int(),
    }),
  },
  unqueueReview: {
    method: 'DELETE',
    path: '/api/sessions/{id}/review/queue',
    summary: 'Takes back what waits to be sent: its comments are open again',
    parameters: sessionPath,
    answer: done,
  },
  reviewPrompt: {
    method: 'GET',
    path: '/api/sessions/{id}/review/prompt',
    summary: 'The prompt that comments would make',
    parameters: sessionPath,
    query: z.strictObject({
      /** Ids with commas between them; without them all that are open. */
      comments: z
        .string()
        .max(maxComments * 40)
        .transform((text) => text.split(',').filter((id) => id !== ''))
        .pipe(commentIds)
        .optional(),
      words: z.string().max(4_000).default(''),
    }),
    answer: z.object({ text: z.string(), comments: z.number().int() }),
  },
  openInEditor: {
    method: 'POST',
    path: '/api/sessions/{id}/review/open',
    summary: "Opens a file of a session's folder in the person's editor, at a line",
    parameters: sessionPath,
    body: z.strictObject({ path, line: lineNumber.default(1) }),
    answer: z.object({ ok: z.literal(true), editor: z.string() }),
  },
} as const satisfies Record<string, Route>;
