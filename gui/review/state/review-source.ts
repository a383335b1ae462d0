/** Where a review gets what changed, and who takes what is said to it: a runtime, or anything else that answers so. */
import { occasionOf } from '../../../actors/protocol/facts/snapshot-occasion.ts';
import type { RouteAnswer } from '../../../actors/protocol/gateway/api.ts';
import type { RouteLine } from '../../../actors/protocol/gateway/caller.ts';
import type { RepositorySetupAnswer } from '../../../actors/protocol/gateway/check-routes.ts';
import type { LandingPreview } from '../../../actors/protocol/gateway/landing-routes.ts';
import type { BlamedLines } from '../../../actors/protocol/gateway/origin-routes.ts';
import type { PlacedComment, ReviewFile, ReviewFiles } from '../../../actors/protocol/gateway/review-routes.ts';
import type { RestoreRequest, StageRequest } from '../../../actors/protocol/gateway/snapshot-routes.ts';
import type { Connection } from '../../connection/connection.ts';
import type { Side } from '../model/rows.ts';

export type PatchQuery = {
  /** Trees, as `files` gave them. */
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly previousPath: string | undefined;
  /** How many lines around each change; null for the whole file. */
  readonly context: number | null;
  readonly ignoresWhitespace: boolean;
};

/** Lines of one side of a file, both counted from 1, the last one with them. */
export type LineRange = { readonly side: Side; readonly from: number; readonly to: number };

export type NewComment = LineRange & {
  readonly path: string;
  readonly quote: string;
  readonly text: string;
  /** The tree of that side, and the snapshot that it is. */
  readonly tree: string;
  readonly snapshot: number | null;
};

/** What of a request to put back is not asked for is as the route has it. */
export type RestoreAsked = Partial<RestoreRequest> & Pick<RestoreRequest, 'to' | 'kind'>;

export type SnapshotChoice = { readonly snapshot: number; readonly words: string; readonly at: number };

export type ReviewSource = {
  /** The ranges there are, and the one to begin with. */
  readonly ranges: () => Promise<RouteAnswer<'reviewRanges'>>;
  /** What a range changes: `run:3`, `looked`, `base`, `S2..S5`. */
  readonly files: (range: string) => Promise<ReviewFiles>;
  readonly patch: (query: PatchQuery) => Promise<RouteAnswer<'reviewPatch'>>;
  /** A picture's bytes. */
  readonly blob: (blob: string) => Promise<Blob>;
  readonly snapshots: () => Promise<readonly SnapshotChoice[]>;
  readonly looked: (snapshot: number) => Promise<unknown>;
  readonly setViewed: (file: ReviewFile, viewed: boolean) => Promise<unknown>;
  /** The comments, and where their lines are in the two trees. */
  readonly comments: (from: string, to: string) => Promise<readonly PlacedComment[]>;
  readonly addComment: (comment: NewComment) => Promise<unknown>;
  readonly changeComment: (commentId: string, change: { text?: string; resolved?: boolean }) => Promise<unknown>;
  readonly removeComment: (commentId: string) => Promise<unknown>;
  /** The prompt as it would be. */
  readonly prompt: (commentIds: readonly string[], words: string) => Promise<string>;
  /** Gives the run that it began; null when it is queued. */
  readonly send: (commentIds: readonly string[], words: string, queue: boolean) => Promise<number | null>;
  /** Takes back what waits to be sent: its comments are open again. */
  readonly unqueue: () => Promise<unknown>;
  readonly openInEditor: (path: string, line: number) => Promise<unknown>;
  readonly previewRestore: (request: RestoreAsked) => Promise<RouteAnswer<'previewRestore'>>;
  readonly restore: (request: RestoreAsked) => Promise<RouteAnswer<'restore'>>;
  readonly stage: (request: StageRequest) => Promise<unknown>;
  /** What would land, and what of it would conflict. */
  readonly landing: (stop: AbortSignal) => Promise<LandingPreview>;
  /** What the repository says of itself. */
  readonly setup: (stop: AbortSignal) => Promise<RepositorySetupAnswer>;
  /** The last command of each of its checks, by the check's name. */
  readonly lastChecks: () => Promise<ReadonlyMap<string, string>>;
  readonly runChecks: () => Promise<unknown>;
  /** Gives the agent the end of what a check said. */
  readonly sendCheck: (commandId: string) => Promise<unknown>;
  /** Who wrote the lines of a file as it is in the session's folder now, from its first to its last. */
  readonly whoseLines: (path: string) => Promise<readonly BlamedLines[]>;
};

const lines = {
  work: 'GET /api/sessions/{id}/work',
  reviewRanges: 'GET /api/sessions/{id}/review/ranges',
  reviewFiles: 'GET /api/sessions/{id}/review/files',
  reviewPatch: 'GET /api/sessions/{id}/review/patch',
  lookedAt: 'POST /api/sessions/{id}/review/looked',
  viewed: 'POST /api/sessions/{id}/review/viewed',
  reviewComments: 'GET /api/sessions/{id}/review/comments',
  comment: 'POST /api/sessions/{id}/review/comments',
  changeComment: 'POST /api/sessions/{id}/review/comments/{commentId}',
  removeComment: 'DELETE /api/sessions/{id}/review/comments/{commentId}',
  sendReview: 'POST /api/sessions/{id}/review/send',
  reviewPrompt: 'GET /api/sessions/{id}/review/prompt',
  unqueueReview: 'DELETE /api/sessions/{id}/review/queue',
  openInEditor: 'POST /api/sessions/{id}/review/open',
  previewRestore: 'POST /api/sessions/{id}/restore/preview',
  restore: 'POST /api/sessions/{id}/restore',
  stage: 'POST /api/sessions/{id}/stage',
  landing: 'GET /api/sessions/{id}/landing',
  checks: 'GET /api/sessions/{id}/checks',
  runChecks: 'POST /api/sessions/{id}/checks',
  sendCheck: 'POST /api/sessions/{id}/checks/{commandId}/send',
  blame: 'GET /api/blame',
} as const;

type Names = keyof typeof lines;

/** The runtime as the source of one session's review; `folder` is where its files are now, null where they are not. */
export const runtimeSource = (
  { callOf, fetchBytes }: Connection,
  id: string,
  folder: () => string | null,
): ReviewSource => {
  const call = callOf(lines satisfies { readonly [Name in Names]: RouteLine<Name> });
  const parameters = { id };
  return {
    ranges: () => call('reviewRanges', { parameters }),
    files: (range) => call('reviewFiles', { parameters, query: { range } }),
    patch: ({ from, to, path, previousPath, context, ignoresWhitespace }) =>
      call('reviewPatch', {
        parameters,
        query: {
          from,
          to,
          path,
          previousPath,
          context: context ?? 'all',
          whitespace: ignoresWhitespace ? 'ignore' : 'show',
        },
      }),
    blob: (blob) => fetchBytes(`/api/sessions/${encodeURIComponent(id)}/review/blob?blob=${encodeURIComponent(blob)}`),
    snapshots: async () => {
      const { snapshots } = await call('work', { parameters });
      return snapshots.map(({ snapshot, reason, run, at }) => ({ snapshot, words: occasionOf({ reason, run }), at }));
    },
    looked: (snapshot) => call('lookedAt', { parameters, body: { snapshot } }),
    setViewed: ({ path, newBlob }, viewed) => call('viewed', { parameters, body: { path, blob: newBlob, viewed } }),
    comments: async (from, to) => (await call('reviewComments', { parameters, query: { tree: to, from } })).comments,
    addComment: (comment) => call('comment', { parameters, body: { ...comment } }),
    changeComment: (commentId, change) => call('changeComment', { parameters: { id, commentId }, body: change }),
    removeComment: (commentId) => call('removeComment', { parameters: { id, commentId } }),
    prompt: async (commentIds, words) =>
      (await call('reviewPrompt', { parameters, query: { comments: commentIds.join(), words } })).text,
    send: async (commentIds, words, queue) =>
      (await call('sendReview', { parameters, body: { commentIds: [...commentIds], words, queue } })).run,
    unqueue: () => call('unqueueReview', { parameters }),
    openInEditor: (path, line) => call('openInEditor', { parameters, body: { path, line } }),
    previewRestore: (request) => call('previewRestore', { parameters, body: request }),
    restore: (request) => call('restore', { parameters, body: request }),
    stage: (request) => call('stage', { parameters, body: request }),
    landing: (signal) => call('landing', { parameters }, { signal }),
    setup: async (signal) => (await call('checks', { parameters }, { signal })).setup,
    lastChecks: async () => {
      const { commands } = await call('work', { parameters });
      return new Map(commands.flatMap(({ kind, name, commandId }) => (kind === 'check' ? [[name, commandId]] : [])));
    },
    runChecks: () => call('runChecks', { parameters, body: {} }),
    sendCheck: (commandId) => call('sendCheck', { parameters: { id, commandId }, body: {} }),
    whoseLines: async (path) => {
      const repository = folder();
      if (repository === null) throw new Error('Its worktree is not there.');
      return (await call('blame', { query: { repository, path } })).blocks;
    },
  };
};
