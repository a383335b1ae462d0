import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type {
  BroughtBack,
  DiscardedEntry,
  Restored,
  RestorePreview,
  RestoreRequest,
  SnapshotsReport,
  StageRequest,
} from '../../../actors/protocol/gateway/snapshot-routes.ts';

/** Every method refuses with a ThroughlineError whose code says why. */
export type RestoreCommands = {
  /**
   * Puts a session's files back; what is there is a snapshot first. Raises `session.not_found`, `session.busy` while a run
   * is under way, `worktree.missing`, `snapshot.not_found`, `snapshot.gone`, and `restore.in_the_way` for what would be lost; then nothing
   * is changed.
   */
  readonly restore: (id: SessionId, request: RestoreRequest) => Promise<Restored>;
  /** What that would change. Raises as `restore` does, but for `session.busy`. */
  readonly previewRestore: (id: SessionId, request: RestoreRequest) => Promise<RestorePreview>;
  /** Puts files, or changes of lines, into the index of a session's worktree, or takes them out; gives their paths. */
  readonly stage: (id: SessionId, request: StageRequest) => Promise<readonly string[]>;
  /** Raises `snapshot.not_found` for a name that nothing has, and as `restore` does. */
  readonly restoreDiscarded: (
    name: string,
    into: { readonly into: SessionId | null; readonly branch?: string | undefined },
  ) => Promise<BroughtBack>;
  /** Deletes it for good. Raises `snapshot.not_found`. */
  readonly deleteDiscarded: (name: string) => Promise<void>;
};

export type RestoreQueries = {
  /** The work that was given up, of all sessions, the last first; each is kept for so many days. */
  readonly discarded: () => Promise<{ readonly discarded: DiscardedEntry[]; readonly days: number }>;
  /** Whether the snapshots that the log names are still in their repositories; at most a minute. */
  readonly verifySnapshots: () => Promise<SnapshotsReport>;
};
