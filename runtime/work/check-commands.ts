/** What the runtime offers about setups and checks: its part of the surface. */
import type { CommandId, LandingId, SessionId } from '../../actors/protocol/facts/ids.ts';
import type { RepositorySetupAnswer, StartedChecks } from '../../actors/protocol/gateway/check-routes.ts';

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

export type FailedCheck = { readonly name: string; readonly commandId: CommandId; readonly tail: string };

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
   * Raises as `repositorySetup` does, `check.not_agreed` when what is there by now is not what was looked at, and
   * `configuration.invalid`.
   */
  readonly agreeToSetup: (request: AgreementRequest) => Promise<void>;
};

/** Checks before landing, as the landing asks for them. */
export type RunChecksFor = (
  id: SessionId,
  options: {
    readonly why: 'landing';
    readonly landingId: LandingId;
    /** The tree that is checked, for the record. */
    readonly tree: string | null;
    /** Where it is checked out. Default: the session's own worktree. */
    readonly folder?: string;
    /** Ends the checks that run, and begins no other. */
    readonly signal?: AbortSignal;
  },
) => Promise<{ readonly passed: boolean; readonly failed: readonly FailedCheck[] }>;
