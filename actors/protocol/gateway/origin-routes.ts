/** The routes to where work came from and where it goes: push, pull request, whose lines, which turn broke it. */
import * as z from 'zod';
import { gitId } from '../facts/id-schemas.ts';
import { pullRequestState } from '../facts/work-events.ts';
import { type Route, sessionPath } from './route.ts';

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

export const originRoutes = {
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
