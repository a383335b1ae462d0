/**
 * The gateway's contract: every route with its schemas. The server routes by this table, the command line calls
 * through it, and the OpenAPI document is made from it, so the three cannot differ.
 */
import * as z from 'zod';
import { agentOption, historyEvent, mcpServer, optionValue } from '../facts/events.ts';
import { askedApprovalId, askedPosition, askedSessionId, writtenRunId, writtenSessionId } from '../facts/id-schemas.ts';
import { actorSystemSample } from './actor-system.ts';
import { checkRoutes } from './check-routes.ts';
import { dashboardSnapshot, sessionDetail } from './dashboard.ts';
import { inspectionRoutes } from './inspection.ts';
import { landingRoutes } from './landing-routes.ts';
import { limitRoutes } from './limit-routes.ts';
import { originRoutes } from './origin-routes.ts';
import { maxPromptBodyBytes, promptParts, promptText } from './prompt-part.ts';
import { queueRoutes } from './queue-routes.ts';
import { reviewRoutes } from './review-routes.ts';
import { done, historyCursor, nothing, type Route, sessionPath } from './route.ts';
import { settingsRoutes } from './settings-routes.ts';
import { snapshotRoutes } from './snapshot-routes.ts';
import { usageRoutes } from './usage-routes.ts';
import { windowRoutes } from './window-routes.ts';
import { workRoutes } from './work.ts';

// A relative one would be looked for in whatever folder the runtime was started in. What is absolute elsewhere only
// (a drive, a share) is no folder here, and is refused as such.
const absolutePath = z
  .string()
  .max(4096)
  .regex(/^(?:[/\\]|[A-Za-z]:[/\\])/, 'give the whole path of a folder');

export const approvalPolicy = z.enum(['ask', 'allow', 'deny']);
export type ApprovalPolicy = z.infer<typeof approvalPolicy>;

const chosenValue = z.union([z.string().max(500), z.boolean()]);

export const newSession = z.strictObject({
  prompt: promptText.refine((text) => text.trim() !== '', 'a prompt cannot be empty'),
  /** The folder the agent works on: a git repository, or with `worktree: false` any folder. */
  repository: absolutePath,
  /** A preset or configured agent's name, or `acp:COMMAND ARG…`. */
  agent: z.string().min(1).max(4096),
  name: z.string().trim().min(1).max(200).optional(),
  approvals: approvalPolicy.default('ask'),
  worktree: z.boolean().default(true),
  /** One that is there is taken up, and stays when the session is removed; another is made. */
  branch: z.string().min(1).max(200).optional(),
  /** A worktree of git that is there, to work in; it stays when the session is removed. */
  takesWorktree: absolutePath.optional(),
  base: z.string().min(1).max(200).optional(),
  /** One of the agent's own modes: the same as a choice of `mode`. */
  mode: z.string().min(1).max(500).optional(),
  /** Values of the agent's options, by their ids or categories. A run fails before its prompt when one is not offered. */
  choices: z
    .record(z.string().min(1).max(500), chosenValue)
    .refine((choices) => Object.keys(choices).length <= 100, 'no agent has so many options')
    .optional(),
  /** Servers of the Model Context Protocol that the agent is to use, beside those of the settings. */
  mcpServers: z.array(mcpServer).max(20).optional(),
  /** Folders besides its own that the agent may work in. */
  additionalDirectories: z.array(absolutePath).max(20).optional(),
  /** What is given with the prompt. */
  parts: promptParts.optional(),
  /** A conversation of the agent's own that is taken up, by the agent's id of it. */
  agentSessionId: z.string().min(1).max(1_000).optional(),
  /**
   * The session that it goes on from: with a fork of its conversation, where the agent can, else with a recap of it. The
   * branch begins at that session's, if no base is given; what is not committed there stays there.
   */
  forkOf: askedSessionId.optional(),
  /**
   * Its files begin as those of a snapshot of that session, what was not committed then included; of the last one before
   * an event, where that is given by its position or its place in a run. What was said from there on is not told.
   */
  forkAt: z
    .union([
      z.strictObject({ snapshot: z.number().int().min(1) }),
      z.strictObject({ position: z.number().int().min(1) }),
      z.strictObject({ run: z.number().int().min(1), seq: z.number().int().min(1) }),
    ])
    .optional(),
});
export type NewSession = z.infer<typeof newSession>;

export const historyPage = z.object({
  events: z.array(historyEvent),
  /** Where the next page begins (`RUN:SEQ`, for `after`), or null at the end. */
  next: z.string().nullable(),
  /** Where the page before ends (`RUN:SEQ`, for `before`), or null at the beginning. */
  previous: z.string().nullable(),
});

export const agentDescription = z.object({
  name: z.string(),
  title: z.string(),
  command: z.array(z.string()),
  /** The program's path, or null when it is not on PATH. */
  path: z.string().nullable(),
  installed: z.boolean(),
  /** How to get it, for one that is not installed. */
  install: z.string().nullable(),
  source: z.enum(['preset', 'configuration', 'built-in']),
  /** Whether it can be made to ask before it acts; null when that is not known, or its own configuration says. */
  asks: z.boolean().nullable(),
});
export type AgentDescription = z.infer<typeof agentDescription>;

/** The name of an agent as it stands in a path: escaped, because an `acp:COMMAND ARG…` has spaces and slashes. */
const agentNameInPath = z
  .string()
  .max(12_288)
  .transform((escaped, context) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      context.addIssue({ code: 'custom', message: 'it is not escaped as a part of a path' });
      return z.NEVER;
    }
  });

export const agentOptions = z.object({ options: z.array(agentOption), choices: z.record(z.string(), optionValue) });
/** What an agent offered last, and what was chosen of it in the last session in which anything was. */
export type AgentOptions = z.infer<typeof agentOptions>;

export const verifyReport = z.union([
  z.object({
    ok: z.literal(true),
    events: z.number().int(),
    sessions: z.number().int(),
    /** Events that damage had cost when the log was repaired; everything else is as it was written. */
    lost: z.number().int(),
  }),
  z.object({
    ok: z.literal(false),
    events: z.number().int(),
    sessions: z.number().int(),
    /** The first place where the stored state and the log disagree. */
    difference: z.string(),
  }),
]);
export type VerifyReport = z.infer<typeof verifyReport>;

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string(),
  code: z.string(),
  hint: z.string().nullable(),
});
/** An error answer, in the shape of RFC 9457 (application/problem+json). */
export type Problem = z.infer<typeof problem>;

const started = z.object({ id: writtenSessionId, runId: writtenRunId, run: z.number().int() });

export const routes = {
  health: {
    method: 'GET',
    path: '/api/health',
    summary: 'Whether the runtime answers, and which one it is',
    answer: z.object({
      ok: z.literal(true),
      pid: z.number().int(),
      version: z.string(),
      position: z.number().int(),
      /** Set while every command is refused because the database is damaged. */
      readOnly: z.object({ code: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
    }),
  },
  dashboard: {
    method: 'GET',
    path: '/api/dashboard',
    summary: 'Every session, in the default order, with the position it reflects',
    answer: dashboardSnapshot,
  },
  session: {
    method: 'GET',
    path: '/api/sessions/{id}',
    summary: 'One session with its runs and the approvals that wait',
    parameters: sessionPath,
    answer: sessionDetail,
  },
  history: {
    method: 'GET',
    path: '/api/sessions/{id}/history',
    summary: "A page of a session's events, ordered by run and seq: those after a place, or the last before one",
    parameters: sessionPath,
    query: z
      .strictObject({
        after: historyCursor.optional(),
        before: historyCursor.or(z.literal('end')).optional(),
        limit: z.coerce.number().int().min(1).max(1000).default(200),
      })
      .refine(({ after, before }) => after === undefined || before === undefined, 'give `after` or `before`, not both'),
    answer: historyPage,
  },
  agents: {
    method: 'GET',
    path: '/api/agents',
    summary: 'The agents that can be used here, and how to install the others',
    answer: z.object({ agents: z.array(agentDescription) }),
  },
  agentOptions: {
    method: 'GET',
    path: '/api/agents/{name}/options',
    summary: 'What an agent offered to choose in the last session with it, and what was chosen last',
    parameters: z.object({ name: agentNameInPath }),
    answer: agentOptions,
  },
  actors: {
    method: 'GET',
    path: '/api/actors',
    summary: 'How the actors are: threads, queues, commits, sessions, agents; looked at for a quarter of a second',
    answer: actorSystemSample,
  },
  verify: {
    method: 'GET',
    path: '/api/verify',
    summary: 'Folds the whole log again and compares it with what is stored',
    answer: verifyReport,
  },
  startSession: {
    method: 'POST',
    path: '/api/sessions',
    summary: 'Starts a session with its first prompt',
    body: newSession,
    bodyBytes: maxPromptBodyBytes,
    answer: started,
  },
  prompt: {
    method: 'POST',
    path: '/api/sessions/{id}/prompt',
    summary: 'Gives a session its next prompt',
    parameters: sessionPath,
    body: z.strictObject({ prompt: promptText, parts: promptParts.optional() }),
    bodyBytes: maxPromptBodyBytes,
    answer: started,
  },
  resume: {
    method: 'POST',
    path: '/api/sessions/{id}/resume',
    summary: 'Takes a session up again; without a prompt only one that was in flight when the runtime ended',
    parameters: sessionPath,
    body: z.strictObject({ prompt: promptText.optional(), parts: promptParts.optional() }),
    bodyBytes: maxPromptBodyBytes,
    answer: started,
  },
  interrupt: {
    method: 'POST',
    path: '/api/sessions/{id}/interrupt',
    summary: 'Asks the run under way to stop; after `interruptDeadlineMs`, a setting, its process group is ended',
    parameters: sessionPath,
    body: nothing,
    answer: done,
  },
  endLeftRunning: {
    method: 'POST',
    path: '/api/sessions/{id}/end-left-running',
    summary: 'Ends what an interrupted turn left running; answers how many processes that were',
    parameters: sessionPath,
    body: nothing,
    answer: done.extend({ processes: z.number().int().min(0) }),
  },
  decide: {
    method: 'POST',
    path: '/api/sessions/{id}/approvals/{approvalId}',
    summary: 'Answers a request for approval, or a question: by one of its options, or the answers of its form',
    parameters: sessionPath.extend({ approvalId: askedApprovalId }),
    body: z.strictObject({
      decision: z.enum(['allow', 'deny', 'cancel']),
      optionId: z.string().max(1_000).optional(),
      answers: z.record(z.string().max(200), z.unknown()).optional(),
    }),
    answer: done,
  },
  chooseOption: {
    method: 'POST',
    path: '/api/sessions/{id}/options',
    summary: "Chooses a value of one of the agent's options, for now and for whenever its conversation is opened",
    parameters: sessionPath,
    body: z.strictObject({ optionId: z.string().min(1).max(500), value: chosenValue }),
    answer: done,
  },
  rename: {
    method: 'POST',
    path: '/api/sessions/{id}/rename',
    summary: 'Gives a session another name',
    parameters: sessionPath,
    body: z.strictObject({ name: z.string().trim().min(1).max(200) }),
    answer: done,
  },
  archive: {
    method: 'POST',
    path: '/api/sessions/{id}/archive',
    summary: 'Puts a session out of the list, or into it again; its history stays, and its next run brings it back',
    parameters: sessionPath,
    body: z.strictObject({ archived: z.boolean().default(true) }),
    answer: done,
  },
  remove: {
    method: 'DELETE',
    path: '/api/sessions/{id}',
    summary: 'Deletes a session, its history and its worktree; uncommitted work is refused without force',
    parameters: sessionPath,
    query: z.strictObject({
      force: z.enum(['true', 'false']).default('false'),
      /** Whether the agent's own conversation is deleted as well. */
      conversation: z.enum(['true', 'false']).default('false'),
    }),
    answer: z.object({
      ok: z.literal(true),
      parkedRef: z.string().nullable(),
      /** What became of the agent's own conversation, where that was to be deleted; `why` it was not. */
      conversation: z.object({ deleted: z.boolean(), why: z.string().nullable() }).optional(),
    }),
  },
  stop: {
    method: 'POST',
    path: '/api/stop',
    summary: 'Stops the runtime; running sessions come back as restored',
    body: nothing,
    answer: done,
  },
  ...checkRoutes,
  ...inspectionRoutes,
  ...windowRoutes,
  ...reviewRoutes,
  ...workRoutes,
  ...queueRoutes,
  ...settingsRoutes,
  ...limitRoutes,
  ...usageRoutes,
  ...snapshotRoutes,
  ...originRoutes,
  ...landingRoutes,
} as const satisfies Record<string, Route>;

export type { Route } from './route.ts';
export type RouteName = keyof typeof routes;
export type RouteAnswer<Name extends RouteName> = z.infer<(typeof routes)[Name]['answer']>;

/** The event tail: `GET /api/events?after=POSITION[&session=ID]`, upgraded to a WebSocket. */
export const eventTail = {
  path: '/api/events',
  query: z.strictObject({ after: askedPosition.optional(), session: askedSessionId.optional() }),
} as const;

/** What the tail sends, one JSON text frame each. Events come in order of position, none is left out. */
export const tailMessage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), sessionId: writtenSessionId, event: historyEvent }),
  /** Everything up to `position` was sent; what follows is live. */
  z.object({ kind: z.literal('caught_up'), position: z.number().int() }),
]);
export type TailMessage = z.infer<typeof tailMessage>;
