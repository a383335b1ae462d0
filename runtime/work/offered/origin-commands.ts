/** What the runtime offers of where work comes from and where it goes; see `origin-routes.ts` for what crosses. */
import type { SessionId } from '../../../actors/protocol/facts/ids.ts';
import type {
  BlameAnswer,
  NewPullRequest,
  PullRequestAnswer,
  PushAnswer,
  PushRequest,
} from '../../../actors/protocol/gateway/origin-routes.ts';

export type OriginQueries = {
  /** Whose the lines of a file are, or one of them. Raises `blame.no_line`, `repository.…`, and what git raises. */
  readonly blame: (asked: {
    readonly repository: string;
    readonly path: string;
    readonly line?: number | undefined;
  }) => Promise<BlameAnswer>;
};

export type OriginCommands = {
  /**
   * Begins to look for the first turn after which a command fails; its events tell the rest. Raises `session.busy` while
   * another is under way, and `bisect.no_answer` for a session with fewer than two snapshots.
   */
  readonly bisect: (
    id: SessionId,
    asked: { readonly command: readonly string[]; readonly timeoutMs: number },
  ) => Promise<{ readonly snapshots: readonly number[] }>;
  /** Raises `session.not_running` where there is none. */
  readonly cancelBisect: (id: SessionId) => Promise<void>;
  /**
   * Pushes the session's branch, never by force. Raises `push.…`, `worktree.missing`, and what git raises.
   */
  readonly push: (id: SessionId, request: PushRequest) => Promise<PushAnswer>;
  /** Asks `gh` how the session's pull request stands. Raises `pull_request.…`, and what `push` raises. */
  readonly pullRequest: (id: SessionId) => Promise<PullRequestAnswer>;
  /** Pushes, and makes a pull request where there is none. Raises as `push` and `pullRequest` do. */
  readonly openPullRequest: (id: SessionId, request: NewPullRequest) => Promise<PullRequestAnswer>;
  /**
   * Gives the agent what the pull request's checks and reviewers say, all of it for null, as its next prompt. Raises
   * `pull_request.not_found` where there is nothing to send, and what `pullRequest` and `prompt` raise.
   */
  readonly sendPullRequest: (
    id: SessionId,
    chosen: readonly string[] | null,
  ) => Promise<{ readonly run: number; readonly feedback: number }>;
};
