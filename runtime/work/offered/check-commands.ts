/** What the runtime offers about setups and checks: its part of the surface. */
import type { CommandId, RunId, SessionId } from '../../../actors/protocol/facts/ids.ts';
import type {
  RepositorySetupAnswer,
  SetupStanding,
  StartedChecks,
} from '../../../actors/protocol/gateway/check-routes.ts';

export type AgreementRequest = {
  readonly path: string;
  readonly base?: string | undefined;
  readonly hash: string | null;
  readonly agreed: boolean;
  readonly approvals: boolean;
};

export type ChecksOfSession = {
  readonly setup: RepositorySetupAnswer;
  /** Commands of the session that run, or wait for their turn. */
  readonly running: CommandId[];
};

export type FailedCheck = {
  readonly name: string;
  readonly commandId: CommandId;
  /** How it ended, in a few words: `failed (exit code 1)`. */
  readonly how: string;
  /** The end of what it said. */
  readonly tail: string;
};

/** The run that a prompt began. */
export type StartedPrompt = { readonly id: SessionId; readonly runId: RunId; readonly run: number };

export type CheckQueries = {
  /** Raises `session.not_found`, `worktree.missing` and what git raises. */
  readonly checks: (id: SessionId) => Promise<ChecksOfSession>;
  /** Raises `repository.…` and what git raises. */
  readonly repositorySetup: (path: string, base?: string) => Promise<RepositorySetupAnswer>;
};

export type CheckCommands = {
  /**
   * Begins checks, one after the other; null: all that there are. Raises `session.not_found`, `check.not_found`,
   * `check.not_agreed`, `configuration.invalid` and `worktree.…`.
   */
  readonly runChecks: (id: SessionId, names: readonly string[] | null) => Promise<StartedChecks>;
  /** Ends one that runs or waits. Raises `check.not_found`. */
  readonly cancelCheck: (id: SessionId, commandId: CommandId) => Promise<void>;
  /**
   * Gives the end of what a failed check said to the agent as its next prompt. Raises `check.not_found`, and what a
   * prompt raises.
   */
  readonly sendCheck: (id: SessionId, commandId: CommandId) => Promise<StartedPrompt>;
  /**
   * Raises as `repositorySetup` does, `check.not_agreed` when what is there by now is not what was looked at, and
   * `configuration.invalid`.
   */
  readonly agreeToSetup: (request: AgreementRequest) => Promise<void>;
};

export type ChecksRan = {
  /** Whether each of them passed; also when there were none. */
  readonly isPassed: boolean;
  readonly passed: readonly string[];
  /** Those that failed, took too long or were cancelled. */
  readonly failed: readonly FailedCheck[];
  /** Of the setup they come from: where that is `unknown` or `declined`, nobody agreed to it, and nothing ran. */
  readonly standing: SetupStanding;
};

/**
 * Runs checks to their end. Raises as `CheckCommands.runChecks` does, but without names none is missed: those that are
 * meant to run before landing run, as far as they were agreed to.
 */
export type RunChecksFor = (
  id: SessionId,
  options: {
    readonly why: 'landing' | 'asked';
    readonly names?: readonly string[] | null;
    /** The tree that is checked, for the record. */
    readonly tree: string | null;
    /** Where it is checked out. Default: the session's own worktree. */
    readonly folder?: string;
    /** Ends the check that runs, and begins no other. */
    readonly signal?: AbortSignal;
  },
) => Promise<ChecksRan>;
