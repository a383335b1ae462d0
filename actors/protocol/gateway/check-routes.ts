/**
 * The routes about what a repository says of itself, and the commands it has run: its setup, whether a person has agreed
 * to it, its checks. Part of the one table in `api.ts`.
 */
import * as z from 'zod';
import { askedCommandId, writtenCommandId, writtenRunId, writtenSessionId } from '../facts/id-schemas.ts';
import { landingWays } from '../facts/work-events.ts';
import { done, nothing, type Route, sessionPath } from './route.ts';

/** When a check runs: whenever somebody asks, and besides after each run, or before landing. */
export const checkTimes = ['asked', 'after_run', 'landing'] as const;

export const setupStandings = ['none', 'agreed', 'declined', 'changed', 'unknown', 'broken'] as const;
export type SetupStanding = (typeof setupStandings)[number];

const setupText = z.object({ file: z.string(), text: z.string() });

const setupStep = z.object({ command: z.string(), timeoutMs: z.number().int() });

const setupCheck = setupStep.extend({
  name: z.string(),
  when: z.array(z.enum(checkTimes)),
  /** How often in a row a failure goes to the agent by itself, and after what pause; null: it does not. */
  retry: z.object({ tries: z.number().int(), pauseMs: z.number().int() }).nullable(),
});
export type DescribedCheck = z.infer<typeof setupCheck>;

const describedSetup = z.object({
  /** What makes a new worktree ready, what tells whether the work is right, what runs before the worktree goes. */
  setup: z.array(setupStep),
  checks: z.array(setupCheck),
  teardown: z.array(setupStep),
  /** Patterns, as in .gitignore, of the ignored files that are copied. */
  copy: z.array(z.string()),
  agent: z.string().nullable(),
  base: z.string().nullable(),
  /** A wish; it counts only where it was agreed to in particular. */
  approvals: z.enum(['ask', 'allow', 'deny']).nullable(),
  landing: z.object({
    how: z.enum(landingWays).nullable(),
    checks: z.array(z.string()).nullable(),
    branch: z.string().nullable(),
  }),
  touches: z.array(z.string()),
});
export type DescribedSetup = z.infer<typeof describedSetup>;

export const setupError = z.object({
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
  /** The keys that lead there, joined by dots. */
  place: z.string(),
  message: z.string(),
});

export type SetupError = Readonly<z.infer<typeof setupError>>;

export const repositorySetup = z.object({
  /** The repository's own folder. */
  repository: z.string(),
  /**
   * `changed`: a person has agreed to another content, which goes on being used. `unknown`: nobody has looked at it.
   * `broken`: it has errors, and nothing of it is used.
   */
  standing: z.enum(setupStandings),
  /** Of what is there now; who agrees names it. */
  hash: z.string().nullable(),
  texts: z.array(setupText),
  errors: z.array(setupError),
  /** What is there now, and what is used: what was agreed to. */
  offered: describedSetup.nullable(),
  inUse: describedSetup.nullable(),
  /** Whether its wish for approvals was agreed to. */
  approvalsAgreed: z.boolean(),
  /** What was agreed to before, where that is something else. */
  before: z.object({ at: z.number().int(), texts: z.array(setupText) }).nullable(),
  /** What its patterns mean in the person's checkout; null where there are none. */
  copies: z.object({ files: z.array(z.string()), bytes: z.number().int() }).nullable(),
  /** Whether the person's checkout has another one that is not committed, and so not used. */
  uncommitted: z.boolean(),
  /** Where the person's own file stands, or may stand: it is above the repository's. */
  ownFile: z.string(),
});
export type RepositorySetupAnswer = z.infer<typeof repositorySetup>;

const checkName = z.string().min(1).max(64);
const startedChecks = z.object({ checks: z.array(z.object({ name: z.string(), commandId: writtenCommandId })) });
export type StartedChecks = z.infer<typeof startedChecks>;

const path = z.string().min(1).max(4_096);
const commandPath = sessionPath.extend({ commandId: askedCommandId });

export const checkRoutes = {
  checks: {
    method: 'GET',
    path: '/api/sessions/{id}/checks',
    summary: "What a session's worktree says of setup and checks, and what of it is agreed to",
    parameters: sessionPath,
    answer: z.object({ setup: repositorySetup, running: z.array(writtenCommandId) }),
  },
  runChecks: {
    method: 'POST',
    path: '/api/sessions/{id}/checks',
    summary: 'Runs checks in the worktree, one after the other; null: all of them. The event tail has their output',
    parameters: sessionPath,
    body: z.strictObject({ names: z.array(checkName).min(1).max(50).nullable().default(null) }),
    answer: startedChecks,
  },
  cancelCheck: {
    method: 'POST',
    path: '/api/sessions/{id}/checks/{commandId}/cancel',
    summary: 'Ends a command of the repository that runs, or waits for its turn',
    parameters: commandPath,
    body: nothing,
    answer: done,
  },
  sendCheck: {
    method: 'POST',
    path: '/api/sessions/{id}/checks/{commandId}/send',
    summary: 'Gives the end of what a failed check said to the agent, as its next prompt',
    parameters: commandPath,
    body: nothing,
    answer: z.object({ id: writtenSessionId, runId: writtenRunId, run: z.number().int() }),
  },
  repositorySetup: {
    method: 'GET',
    path: '/api/repositories/setup',
    summary: 'What a repository says of itself at the commit that a session would begin at',
    query: z.strictObject({ path, base: z.string().min(1).max(200).optional() }),
    answer: repositorySetup,
  },
  agreeToSetup: {
    method: 'POST',
    path: '/api/repositories/agreement',
    summary: 'Agrees to what a repository has run, by the hash of its content, or does not; a null hash forgets all',
    body: z.strictObject({
      /** A folder of the repository, or of a session's worktree: what stands there is agreed to. */
      path,
      /** What was looked at, where it is of another commit than the one that is checked out. */
      base: z.string().min(1).max(200).optional(),
      hash: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
      agreed: z.boolean(),
      /** Whether its wish for approvals is agreed to as well: never by itself. */
      approvals: z.boolean().default(false),
    }),
    answer: done,
  },
} as const satisfies Record<string, Route>;
