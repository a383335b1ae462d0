/** What the window asks beyond what a script needs: the live dashboard, search, places to work in, and its way in. */
import * as z from 'zod';
import { askedSessionId } from '../facts/id-schemas.ts';
import { dashboardRow } from './dashboard.ts';
import { historyCursor } from './route.ts';

const path = z.string().min(1).max(4096);
const epochMilliseconds = z.coerce.number().int().min(0);

/** One or more event types: `error`, `message,thinking`. */
const eventTypes = z.string().regex(/^[a-z_]{1,40}(,[a-z_]{1,40}){0,19}$/, 'types are words like `error`, with commas');

/** `GET /api/dashboard/live[?version=N]`, upgraded to a WebSocket: a snapshot or what changed since N, then patches. */
export const dashboardLive = {
  path: '/api/dashboard/live',
  query: z.strictObject({
    version: z.coerce.number().int().min(0).optional(),
    /** Said by the page of the window of our own, which can be asked to come to the front. */
    window: z.literal('own').optional(),
  }),
} as const;

/** The live dashboard, one JSON text frame each. */
export const dashboardMessage = z.discriminatedUnion('kind', [
  /** Everything, in the default order. Whatever was there before is to be forgotten. */
  z.object({ kind: z.literal('snapshot'), version: z.number().int(), rows: z.array(dashboardRow) }),
  /** Rows as they are now, and ids that are gone: see `mergePatch`. */
  z.object({
    kind: z.literal('patch'),
    version: z.number().int(),
    changed: z.array(dashboardRow),
    removed: z.array(z.string()),
  }),
]);
export type DashboardMessage = z.infer<typeof dashboardMessage>;

/** What the window's socket brings: the dashboard, and to the window of our own what is asked of it. */
export const windowMessage = z.discriminatedUnion('kind', [
  ...dashboardMessage.options,
  /** It is to come to the front, since somebody has started it once more. */
  z.object({ kind: z.literal('raise') }),
]);
export type WindowMessage = z.infer<typeof windowMessage>;

export const searchQuery = z.strictObject({
  text: z.string().trim().min(1).max(500),
  session: askedSessionId.optional(),
  agent: z.string().min(1).max(4096).optional(),
  type: eventTypes.optional(),
  from: epochMilliseconds.optional(),
  to: epochMilliseconds.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
  /** The `next` of the page before. */
  before: z
    .string()
    .regex(/^\d{1,15}$/, 'a cursor is what `next` was')
    .optional(),
});
export type SearchQuery = z.infer<typeof searchQuery>;

export const searchHit = z.object({
  sessionId: z.string(),
  sessionName: z.string(),
  agent: z.string(),
  position: z.number().int(),
  run: z.number().int(),
  seq: z.number().int(),
  type: z.string(),
  occurredAt: z.number(),
  excerpt: z.string(),
  /** Where the words stand in the excerpt, `[start, end)` in UTF-16 units. */
  matches: z.array(z.tuple([z.number().int(), z.number().int()])),
});
export type SearchHit = z.infer<typeof searchHit>;

/** The newest first. */
export const searchPage = z.object({
  hits: z.array(searchHit),
  /** Given as `before` it gets the older ones; null at the end. */
  next: z.string().nullable(),
  /** Events after this position are not searched yet. */
  indexedUpTo: z.number().int(),
});
export type SearchPage = z.infer<typeof searchPage>;

export const findQuery = z.strictObject({
  type: eventTypes,
  /** Where to begin, itself left out; without it at the beginning, or with `previous` at the end. */
  after: historyCursor.optional(),
  direction: z.enum(['next', 'previous']).default('next'),
});

export const foundPlace = z.object({ run: z.number().int(), seq: z.number().int() }).nullable();

const changedFile = z.object({
  path: z.string(),
  status: z.enum(['added', 'modified', 'deleted', 'conflicted', 'untracked']),
});

export const worktreeChanges = z.object({
  /** Whether something is not committed. */
  dirty: z.boolean(),
  uncommitted: z.array(changedFile),
  /** What differs from the base as it is now: commits since, and what is not committed. */
  files: z.array(changedFile),
  /** How many commits the worktree has that its base lacks. */
  ahead: z.number().int(),
  /** How many its base has that it lacks; null where there is no base to ask. */
  behind: z.number().int().nullable(),
  /** The branch that is really checked out; null: none is. */
  branch: z.string().nullable(),
  /** True when a list was too long to be given whole. */
  cut: z.boolean(),
});
export type WorktreeChanges = z.infer<typeof worktreeChanges>;

export const worktreeDiff = z.object({
  /** A unified diff from the base to the files as they are, untracked ones included. */
  text: z.string(),
  cut: z.boolean(),
});
export type WorktreeDiff = z.infer<typeof worktreeDiff>;

export const recentRepositories = z.object({
  repositories: z.array(z.object({ path: z.string(), name: z.string(), lastUsedAt: z.number() })),
});
export type RecentRepositories = z.infer<typeof recentRepositories>;

/** `path` is the beginning of a path: with a slash at its end, everything in that folder. `~/` is understood. */
export const filesQuery = z.strictObject({ query: z.string().max(1000).default('') });
/** Paths from the session's folder, at most 20. */
export const fileCompletion = z.object({ files: z.array(z.string()) });

export const foldersQuery = z.strictObject({ path: z.string().max(4096).default('') });

export const folderCompletion = z.object({
  folders: z.array(z.object({ path: z.string(), isRepository: z.boolean() })),
});
export type FolderCompletion = z.infer<typeof folderCompletion>;

export const repositoryQuery = z.strictObject({ path });

export const repositoryDescription = z.object({
  root: z.string(),
  /** Null when no branch is checked out. */
  headBranch: z.string().nullable(),
  /** The latest used first; bounded. */
  branches: z.array(z.string()),
  suggestedName: z.string().optional(),
  /** Files in it that agents take for their settings, which can run commands: to be looked at before the first run. */
  agentSettings: z.array(z.string()).optional(),
});
export type RepositoryDescription = z.infer<typeof repositoryDescription>;

/** A one-time URL: it lets one browser in, within a minute. */
export const ticketAnswer = z.object({
  url: z.string(),
  expiresAt: z.number(),
  /** Names the ticket without letting anybody in. */
  id: z.string(),
});

const secret = z.string().regex(/^[A-Za-z0-9_-]{16,128}$/);

export const ticketPath = z.strictObject({ id: secret });

/** `gone` is one that nobody used in its time, or that is not known. */
export const ticketState = z.object({ state: z.enum(['waiting', 'used', 'gone']) });

export const raisedWindows = z.object({ windows: z.number().int() });

/** What a page needs to come back by itself after the runtime was started again: see `reconnect-proof.ts`. */
export const reconnectKey = z.object({ id: secret, key: secret });
export type ReconnectKey = z.infer<typeof reconnectKey>;

export const reconnectRequest = z.strictObject({
  id: secret,
  /** The page's own challenge, which the runtime answers by its proof. */
  nonce: secret,
  answer: z
    .strictObject({
      nonce: secret,
      proof: secret,
      /** JSON of what the page could not have remembered while the runtime was gone; part of what the proof is for. */
      unsaved: z.string().default('{}'),
    })
    .optional(),
});

/** First a challenge; with its answer the one-time URL by which the page gets in. The runtime proves who it is by both. */
export const reconnectAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('challenge'), nonce: secret, proof: secret }),
  z.object({ kind: z.literal('welcome'), url: z.string(), proof: secret }),
]);

/**
 * What windows remember from one runtime to the next: how things look, what was seen, and what was begun to be written.
 * The runtime keeps it and not the browser, as each runtime has an origin of its own: see `window-host.ts`.
 */
export const rememberedName = z.union([
  z.enum(['theme', 'text', 'order', 'looked', 'notifications', 'form', 'review']),
  z.templateLiteral(['draft.', z.uuid()]),
  z.templateLiteral(['review.', z.uuid()]),
]);
export type RememberedName = z.infer<typeof rememberedName>;

/** By its name. The values are any JSON: whoever takes one looks at it, as another version may have written it. */
export const remembered = z.record(z.string(), z.unknown());
export type Remembered = Readonly<z.infer<typeof remembered>>;

export const rememberedPath = z.strictObject({ name: rememberedName });
/** Null forgets it. */
export const rememberRequest = z.strictObject({ value: z.unknown() });
