/** What the runtime offers to those who stand in front of it: the gateway, and through it the window and the scripts. */

import type { ThroughlineError } from '../actors/protocol/facts/error.ts';
import type { HistoryEvent, OptionValue } from '../actors/protocol/facts/events.ts';
import type { ApprovalId, Position, RunId, SessionId, SessionKey } from '../actors/protocol/facts/ids.ts';
import type { SystemSample } from '../actors/protocol/gateway/actor-system.ts';
import type { AgentDescription, NewSession } from '../actors/protocol/gateway/api.ts';
import type { LiveMachineEvents } from '../actors/protocol/gateway/live-machine.ts';
import type { Asked, LogQueries } from '../actors/protocol/gateway/log-queries.ts';
import type { PromptPart } from '../actors/protocol/gateway/prompt-part.ts';
import type {
  FolderCompletion,
  RepositoryDescription,
  SearchPage,
  SearchQuery,
  WorktreeChanges,
  WorktreeDiff,
} from '../actors/protocol/gateway/window.ts';
import type { SettingsTaken } from './data/live-settings.ts';
import type { WindowMemory } from './data/window-memory.ts';
import type { CheckCommands, CheckQueries } from './work/offered/check-commands.ts';
import type { LandingCommands, LandingQueries } from './work/offered/landing-commands.ts';
import type { OriginCommands, OriginQueries } from './work/offered/origin-commands.ts';
import type { PauseCommands } from './work/offered/pause-commands.ts';
import type { QueueCommands, QueueQueries } from './work/offered/queue-commands.ts';
import type { RestoreCommands, RestoreQueries } from './work/offered/restore-commands.ts';
import type { ReviewCommands } from './work/offered/review-commands.ts';

/** The run that a command began; `run` is its ordinal. */
export type Started = { readonly id: SessionId; readonly runId: RunId; readonly run: number };

export type Decision = {
  /** `cancel` takes no side: the agent hears that nobody answers. */
  readonly decision: 'allow' | 'deny' | 'cancel';
  readonly optionId?: string | undefined;
  /** What was filled into the form of a question, by the names of its fields. */
  readonly answers?: Readonly<Record<string, unknown>> | undefined;
};

export type OptionChoice = { readonly optionId: string; readonly value: OptionValue };

/** What a removal left: the ref that keeps uncommitted work, and what became of the agent's conversation, if that was asked. */
export type Removed = {
  readonly parkedRef: string | null;
  readonly conversation?: { readonly deleted: boolean; readonly why: string | null } | undefined;
};

/** Every method refuses with a ThroughlineError whose code says why. */
export type RuntimeCommands = CheckCommands &
  LandingCommands &
  RestoreCommands &
  QueueCommands &
  PauseCommands & {
    /** Raises `agent.…`, `repository.…`, `worktree.…` and `git.…` for what cannot be worked with. */
    readonly startSession: (request: NewSession) => Promise<Started>;
    /** The next run. Raises `session.not_found`, `session.busy` while one is under way, and `session.prompt_required`. */
    readonly prompt: (id: SessionId, prompt: string, parts?: readonly PromptPart[]) => Promise<Started>;
    /** As `prompt`; without a prompt only for a session that was in flight when an earlier epoch ended. */
    readonly resume: (id: SessionId, prompt?: string, parts?: readonly PromptPart[]) => Promise<Started>;
    /** Asks the run to stop; its end comes later, as a fact. Raises `session.not_found` and `session.not_running`. */
    readonly interrupt: (id: SessionId) => Promise<void>;
    /** Ends what an interrupted turn left running; nothing is fine. Raises `session.not_found`. */
    readonly endLeftRunning: (id: SessionId) => Promise<{ readonly processes: number }>;
    /**
     * Answers what the agent asked for, once. Raises `session.not_found` and `approval.not_pending`, and `input.invalid`
     * for an option that was not offered, answers that do not fit the form, and what somebody has to choose.
     */
    readonly decide: (id: SessionId, approvalId: ApprovalId, decision: Decision) => Promise<void>;
    /**
     * Chooses a value of one of the agent's options: set at once while the agent lives, and at each opening of its
     * conversation. Raises `session.not_found`, `agent.option_unknown` and `agent.option_refused`.
     */
    readonly chooseOption: (id: SessionId, choice: OptionChoice) => Promise<void>;
    /** `name` has 1 to 200 characters. Raises `session.not_found`. */
    readonly rename: (id: SessionId, name: string) => Promise<void>;
    /**
     * Puts a session out of the list, or into it again; its history stays. Raises `session.not_found`, and
     * `session.busy` while a run is under way.
     */
    readonly archive: (id: SessionId, archived: boolean) => Promise<void>;
    /**
     * Deletes a session with its history and worktree. Raises `session.not_found`, and without `force` `session.busy` and
     * `worktree.dirty`; with it, uncommitted work is kept under the ref that is given. With `conversation` the agent's own
     * conversation is deleted as well, where the agent does that; the session is removed in any case.
     */
    readonly remove: (
      id: SessionId,
      options: { readonly force: boolean; readonly conversation?: boolean },
    ) => Promise<Removed>;
  } & OriginCommands;

/** An event with the session it belongs to, as the tail sends it. */
export type TailEvent = { readonly sessionId: SessionId; readonly event: HistoryEvent };

export type { HistoryPlace } from '../actors/protocol/gateway/history-pages.ts';

/**
 * What only reads. Answered by reader threads in the runtime, or directly where no runtime runs; what each one gives and
 * raises stands where they are listed (`log-queries.ts`).
 */
export type RuntimeQueries = Asked<Omit<LogQueries, 'promptQueue'>> & RestoreQueries;

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
  /** Files of the session's folder that a piece of a path may mean. Raises as `changes` does. */
  readonly files: (id: SessionId, piece: string) => Promise<readonly string[]>;
  readonly folders: (beginning: string) => Promise<FolderCompletion>;
  /** Raises `repository.…`. */
  readonly repository: (path: string) => Promise<RepositoryDescription>;
  readonly search: (query: SearchQuery) => Promise<SearchPage>;
} & OriginQueries;

export type Runtime = RuntimeCommands &
  QueueQueries &
  LandingQueries &
  CheckQueries &
  ReviewCommands &
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
    /**
     * Reads the settings file again, where the settings are of a file, and takes up what can be. Raises `input.invalid` for
     * a file that is wrong: then everything stays.
     */
    readonly takeUpSettings: () => SettingsTaken;
    readonly stop: () => Promise<void>;
  };

/** For tests of the supervision: makes an actor die as a fault would. */
export type Faults = {
  readonly crashWriter: () => Promise<void>;
  readonly crashReaders: () => Promise<void>;
  readonly crashSessionThread: () => Promise<void>;
  readonly crashSearch: () => Promise<void>;
};
