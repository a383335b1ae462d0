/** What the runtime offers to those who stand in front of it: the gateway, and through it the window and the scripts. */

import type { ThroughlineError } from '../actors/protocol/facts/error.ts';
import type { HistoryEvent } from '../actors/protocol/facts/events.ts';
import type { ApprovalId, Position, RunId, SessionId, SessionKey } from '../actors/protocol/facts/ids.ts';
import type { SystemSample } from '../actors/protocol/gateway/actor-system.ts';
import type { AgentDescription, NewSession, VerifyReport } from '../actors/protocol/gateway/api.ts';
import type { DashboardRow, DashboardSnapshot, SessionDetail } from '../actors/protocol/gateway/dashboard.ts';
import type {
  RunOverview,
  RunReference,
  StepPage,
  StepRange,
  Supposition,
  WhatIf,
} from '../actors/protocol/gateway/inspection.ts';
import type { LiveMachineEvents } from '../actors/protocol/gateway/live-machine.ts';
import type {
  FolderCompletion,
  FoundPlace,
  RecentRepositories,
  RepositoryDescription,
  SearchPage,
  SearchQuery,
  WorktreeChanges,
  WorktreeDiff,
} from '../actors/protocol/gateway/window.ts';
import type { FindOptions, HistoryPageBefore } from '../actors/reader/history-before.ts';
import type { HistoryPage, HistoryPlace } from '../actors/reader/history-queries.ts';
import type { WindowMemory } from './data/window-memory.ts';

/** The run that a command began; `run` is its ordinal. */
export type Started = { readonly id: SessionId; readonly runId: RunId; readonly run: number };

export type Decision = { readonly decision: 'allow' | 'deny'; readonly optionId?: string | undefined };

/** Every method refuses with a ThroughlineError whose code says why. */
export type RuntimeCommands = {
  readonly startSession: (request: NewSession) => Promise<Started>;
  readonly prompt: (id: SessionId, prompt: string) => Promise<Started>;
  /** Without a prompt only for a session that was in flight when an earlier epoch ended. */
  readonly resume: (id: SessionId, prompt?: string) => Promise<Started>;
  readonly interrupt: (id: SessionId) => Promise<void>;
  readonly decide: (id: SessionId, approvalId: ApprovalId, decision: Decision) => Promise<void>;
  readonly rename: (id: SessionId, name: string) => Promise<void>;
  readonly remove: (id: SessionId, options: { readonly force: boolean }) => Promise<{ parkedRef: string | null }>;
};

/** An event with the session it belongs to, as the tail sends it. */
export type TailEvent = { readonly sessionId: SessionId; readonly event: HistoryEvent };

export type { FindOptions, HistoryPageBefore } from '../actors/reader/history-before.ts';
export type { HistoryPage, HistoryPlace } from '../actors/reader/history-queries.ts';

/** Some rows as they are now; a session that is asked for and not among them is gone. */
export type DashboardRows = {
  readonly rows: readonly DashboardRow[];
  readonly gone: readonly SessionId[];
};

/** What only reads. Answered by reader threads in the runtime, or directly where no runtime runs. */
export type RuntimeQueries = {
  readonly dashboard: () => Promise<DashboardSnapshot>;
  /** Raises `session.not_found`. */
  readonly session: (id: SessionId) => Promise<SessionDetail>;
  /** Raises `session.not_found`. `limit` is from 1 to 1,000. */
  readonly history: (id: SessionId, after: HistoryPlace | null, limit: number) => Promise<HistoryPage>;
  /** The last events before a place (null: before the end), in ascending order. Raises `session.not_found`. */
  readonly historyBefore: (id: SessionId, before: HistoryPlace | null, limit: number) => Promise<HistoryPageBefore>;
  /** The nearest event of some types, or null. Raises `session.not_found`. */
  readonly find: (id: SessionId, options: FindOptions) => Promise<FoundPlace>;
  /** The rows of the sessions that a commit named. */
  readonly dashboardRows: (keys: readonly SessionKey[]) => Promise<DashboardRows>;
  /** Repositories that sessions worked on, the last used first. */
  readonly repositories: () => Promise<RecentRepositories>;
  /**
   * Events after a position in order of position, at most `limit`; of one session if one is given, with the key by which
   * commits name it.
   */
  readonly eventsAfter: (
    position: Position,
    options: { readonly session?: SessionId | undefined; readonly limit: number },
  ) => Promise<{
    readonly events: readonly TailEvent[];
    readonly upTo: Position;
    readonly sessionKey: SessionKey | null;
  }>;
  readonly verify: () => Promise<VerifyReport>;
  /** The steps of a run's machine. Raises `session.not_found` and `run.not_found`, as the next two do. */
  readonly steps: (run: RunReference, range: StepRange) => Promise<StepPage>;
  /** The states of a run and its marks after a seq, as far as one answer holds. */
  readonly overview: (run: RunReference, after: number) => Promise<RunOverview>;
  /** Where a copy of the machine would go. Raises `input.invalid` for an event that no run can hold. */
  readonly whatIf: (run: RunReference, supposed: Supposition) => Promise<WhatIf>;
};

/** What the window looks at outside of the log: worktrees, the disk, the search index. */
export type RuntimeSurroundings = {
  /** Raises `session.not_found`, `worktree.missing`, and what git raises. */
  readonly changes: (id: SessionId) => Promise<WorktreeChanges>;
  /** Raises as `changes` does. */
  readonly diff: (id: SessionId) => Promise<WorktreeDiff>;
  /**
   * Shows the worktree in the desktop's file manager. Raises `session.not_found`, `worktree.missing` and
   * `desktop.unavailable`.
   */
  readonly openWorktree: (id: SessionId) => Promise<void>;
  readonly folders: (beginning: string) => Promise<FolderCompletion>;
  /** Raises `repository.…`. */
  readonly repository: (path: string) => Promise<RepositoryDescription>;
  readonly search: (query: SearchQuery) => Promise<SearchPage>;
};

export type Runtime = RuntimeCommands &
  RuntimeQueries &
  RuntimeSurroundings & {
    readonly agents: () => Promise<readonly AgentDescription[]>;
    /** Calls back with a sample of the actor system a few times a second; gives what ends that. */
    readonly watchActors: (listener: (sample: SystemSample) => void) => () => void;
    /**
     * Calls back with what the machine of a session does from now on, over its runs, beginning with how it stands if it
     * is live; gives what ends that.
     */
    readonly watchMachine: (id: SessionId, listener: (machine: LiveMachineEvents) => void) => () => void;
    /** Why every command is refused, although what is there can be read: the database is damaged. Else null. */
    readonly readOnly: () => ThroughlineError | null;
    /** What windows remember from one runtime to the next; of a session that is removed nothing. */
    readonly windowMemory: WindowMemory;
    /** The last committed position. */
    readonly head: () => Position;
    /**
     * Calls back after each commit with the last committed position and the sessions it changed; none are named when
     * any may have changed. Gives what ends that.
     */
    readonly onCommitted: (listener: (position: Position, sessions: readonly SessionKey[]) => void) => () => void;
    /** Stops every actor in order and closes the epoch. Sessions that run come back as restored. Idempotent. */
    readonly stop: () => Promise<void>;
  };
