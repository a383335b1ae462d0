/** The exit codes that scripts rely on. */
import type { ErrorCode } from '../../actors/protocol/error.ts';

export const exitCodes = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  notFound: 3,
  refused: 4,
  unreachable: 5,
  /** Ctrl-C ended the watching, not the session: 128 + SIGINT, so that `run --wait && …` does not go on. */
  detached: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const { failed, wrongUsage, notFound, refused, unreachable } = exitCodes;

/** Every error's exit code. Exhaustive: a new error code does not compile until it has one. */
export const exitCodeByError: Readonly<Record<ErrorCode, ExitCode>> = {
  'input.invalid': wrongUsage,
  'request.unauthorized': refused,
  'request.forbidden': refused,
  'request.misdirected': refused,
  'request.too_large': refused,
  'route.not_found': notFound,
  'session.not_found': notFound,
  'session.busy': refused,
  'session.not_running': refused,
  'session.prompt_required': refused,
  'session.thread_died': failed,
  'run.not_found': notFound,
  'approval.not_found': notFound,
  'approval.not_pending': refused,
  'append.gap': failed,
  'append.conflict': failed,
  'append.run_ended': failed,
  'writer.unavailable': failed,
  'writer.gave_up': failed,
  'sqlite.not_installed': notFound,
  'store.newer': refused,
  'store.unreadable': failed,
  'store.disk_full': failed,
  'store.missing': notFound,
  'data.locked': refused,
  'data.insecure': refused,
  'data.unusable': failed,
  'agent.unknown': notFound,
  'agent.not_installed': notFound,
  'agent.start_failed': failed,
  'agent.exited': failed,
  'agent.protocol': failed,
  'agent.outside_worktree': refused,
  'agent.script_invalid': failed,
  'git.not_installed': notFound,
  'git.failed': failed,
  'repository.missing': notFound,
  'repository.not_git': refused,
  'repository.bare': refused,
  'repository.no_commits': refused,
  'repository.bad_base': notFound,
  'worktree.dirty': refused,
  'worktree.missing': notFound,
  'worktree.exists': refused,
  'worktree.bad_branch': wrongUsage,
  'runtime.unreachable': unreachable,
  'runtime.stopping': refused,
  'runtime.start_failed': unreachable,
  'search.unavailable': failed,
  'desktop.unavailable': refused,
  'verify.failed': failed,
  internal: failed,
};
