/** The routes to where work came from and where it goes: push, pull request, whose lines, which turn broke it. */
import * as z from 'zod';
import { gitId, timestampSchema } from '../facts/id-schemas.ts';
import { landingWays, pullRequestState } from '../facts/work-events.ts';
import { done, type Route, sessionPath } from './route.ts';

const remoteName = z.string().min(1).max(200);

export const pushRequest = z.strictObject({
  /** Without one, the remote that git would take. */
  remote: remoteName.optional(),
  /** Pushes the branch that the session was landed on, in place of its own. */
  landed: z.boolean().default(false),
});
export type PushRequest = z.infer<typeof pushRequest>;

export const pushAnswer = z.object({
  remote: z.string(),
  /** Without a password. */
  address: z.string(),
  branch: z.string(),
  commit: gitId,
  /** What the remote's branch came to: it was made, moved on, or had the commit already. */
  outcome: z.enum(['made', 'moved', 'up_to_date']),
  /** Whether the repository has a hook for a push, which did not run. */
  hookSkipped: z.boolean(),
  /** How many files of the worktree are not committed, and so not pushed. */
  uncommitted: z.number().int(),
});
export type PushAnswer = z.infer<typeof pushAnswer>;

export const feedbackKinds = ['check', 'comment', 'review'] as const;

/** Something that a pull request's checks or reviewers say, and that the agent can be sent. */
export const feedback = z.object({
  /** By this it is chosen to be sent. */
  id: z.string(),
  kind: z.enum(feedbackKinds),
  /** The check's name, or who says it. */
  from: z.string(),
  /** What is said; of a check, how it ended. */
  text: z.string(),
  path: z.string().nullable(),
  line: z.number().int().nullable(),
  url: z.string().nullable(),
});
export type Feedback = z.infer<typeof feedback>;

export const pullRequestAnswer = z.object({
  /** The repository of the request, as `HOST/OWNER/NAME`. */
  repository: z.string(),
  /** Null: there is none yet. */
  pullRequest: pullRequestState.nullable(),
  /** What would be said in a new one: drafted from the session, to be changed. */
  draft: z.object({ title: z.string(), body: z.string(), base: z.string().nullable(), head: z.string() }),
  feedback: z.array(feedback),
  /** How much more there is than is listed. */
  feedbackLeftOut: z.number().int(),
});
export type PullRequestAnswer = z.infer<typeof pullRequestAnswer>;

export const newPullRequest = z.strictObject({
  remote: remoteName.optional(),
  /** What is left out is drafted. */
  title: z.string().trim().min(1).max(256).optional(),
  body: z.string().max(60_000).optional(),
  draft: z.boolean().default(false),
});
export type NewPullRequest = z.infer<typeof newPullRequest>;

/**
 * Who wrote a line: an agent in a run, somebody between two runs of a session, nobody yet that any commit knows of, or
 * who made a commit that no session has to do with.
 */
export const lineAuthors = ['agent', 'between_runs', 'uncommitted', 'commit'] as const;

/** Lines that follow on each other and have one reason. */
export const blamedLines = z.object({
  from: z.number().int(),
  to: z.number().int(),
  by: z.enum(lineAuthors),
  /** `name` and `agent` null: it was removed. */
  session: z.object({ id: z.string(), name: z.string().nullable(), agent: z.string().nullable() }).nullable(),
  run: z.number().int().nullable(),
  /** What the run was asked for. */
  prompt: z.object({ text: z.string(), at: z.number(), position: z.number().int() }).nullable(),
  /** The step that wrote it; null where none names the file: then it came between the two snapshots. */
  event: z
    .object({
      position: z.number().int(),
      run: z.number().int(),
      seq: z.number().int(),
      type: z.string(),
      title: z.string().nullable(),
      at: z.number(),
    })
    .nullable(),
  /** It is in `to` and not in `from`, snapshots of the session; null: before the first, or after the last. */
  between: z.object({ from: z.number().int().nullable(), to: z.number().int().nullable() }).nullable(),
  /** The commit that brought it to where the file is now; null: none has. */
  commit: z
    .object({
      id: gitId,
      author: z.string(),
      at: z.number(),
      subject: z.string(),
      /** Where the first of these lines was then. */
      path: z.string(),
      line: z.number().int(),
    })
    .nullable(),
  /** The landing that this commit is of. */
  landed: z.object({ commit: gitId, onto: z.string(), way: z.enum(landingWays), at: timestampSchema }).nullable(),
});
export type BlamedLines = z.infer<typeof blamedLines>;

export const blameAnswer = z.object({
  /** The folder with the file, and the file's path in there. */
  root: z.string(),
  path: z.string(),
  /** How many lines the file has. */
  lines: z.number().int(),
  /** The text of the line that was asked for; null where all were. */
  text: z.string().nullable(),
  blocks: z.array(blamedLines),
});
export type BlameAnswer = z.infer<typeof blameAnswer>;

export const originRoutes = {
  blame: {
    method: 'GET',
    path: '/api/blame',
    summary: 'Which session, run, prompt and event wrote the lines of a file, also after they were landed and rebased',
    query: z.strictObject({
      /** A folder of the repository, or of a session's worktree: the file is taken as it is there. */
      repository: z.string().max(4_096),
      /** From that folder. */
      path: z.string().min(1).max(4_096),
      line: z.coerce.number().int().min(1).max(10_000_000).optional(),
    }),
    answer: blameAnswer,
  },
  bisect: {
    method: 'POST',
    path: '/api/sessions/{id}/bisect',
    summary: 'Looks for the first turn after which a command fails, in a folder of its own; events tell how it goes',
    parameters: sessionPath,
    body: z.strictObject({
      /** A program and its words; one of a single word is read by the shell. Exit 0 passes, 125 cannot tell. */
      command: z.array(z.string().min(1).max(10_000)).min(1).max(200),
      /** How long one try may take. */
      timeoutMs: z.number().int().min(1_000).max(3_600_000).default(600_000),
    }),
    answer: z.object({ snapshots: z.array(z.number().int()) }),
  },
  cancelBisect: {
    method: 'DELETE',
    path: '/api/sessions/{id}/bisect',
    summary: 'Ends the search that is under way',
    parameters: sessionPath,
    answer: done,
  },
  push: {
    method: 'POST',
    path: '/api/sessions/{id}/push',
    summary: "Pushes the session's branch, as it is committed, to a remote; never by force",
    parameters: sessionPath,
    body: pushRequest,
    answer: pushAnswer,
  },
  pullRequest: {
    method: 'GET',
    path: '/api/sessions/{id}/pull-request',
    summary: 'Asks `gh` for the pull request of the session: its state, its checks, and what its reviewers say',
    parameters: sessionPath,
    answer: pullRequestAnswer,
  },
  openPullRequest: {
    method: 'POST',
    path: '/api/sessions/{id}/pull-request',
    summary: "Pushes the session's branch and makes a pull request of it by `gh`; where there is one, it gives that",
    parameters: sessionPath,
    body: newPullRequest,
    answer: pullRequestAnswer,
  },
  sendPullRequest: {
    method: 'POST',
    path: '/api/sessions/{id}/pull-request/send',
    summary: "Gives the agent what the pull request's checks and reviewers say as its next prompt",
    parameters: sessionPath,
    /** Which of it; null: all. */
    body: z.strictObject({ feedback: z.array(z.string().max(500)).min(1).max(200).nullable().default(null) }),
    answer: z.object({ run: z.number().int(), feedback: z.number().int() }),
  },
} as const satisfies Record<string, Route>;
