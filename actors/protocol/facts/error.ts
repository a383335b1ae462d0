/**
 * Every way Throughline refuses or fails, as a stable code. Scripts match on these; they are never renamed.
 * The part before the dot names what was refused, the part after it says why.
 */
export const errorCodes = [
  'input.invalid',
  'request.unauthorized',
  'request.forbidden',
  'request.misdirected',
  'request.too_large',
  'route.not_found',
  'session.not_found',
  'session.busy',
  'session.not_running',
  'session.not_paused',
  'session.prompt_required',
  'session.thread_died',
  'session.damaged',
  'run.not_found',
  'approval.not_found',
  'approval.not_pending',
  'append.gap',
  'append.conflict',
  'append.run_ended',
  'writer.unavailable',
  'writer.gave_up',
  'sqlite.not_installed',
  'store.newer',
  'store.unreadable',
  'store.damaged',
  'store.disk_full',
  'store.disk_failed',
  'store.read_only',
  'store.cannot_open',
  'store.busy',
  'store.missing',
  'data.locked',
  'data.insecure',
  'data.unusable',
  'agent.unknown',
  'agent.not_installed',
  'agent.start_failed',
  'agent.exited',
  'agent.protocol',
  'agent.outside_worktree',
  'agent.file_missing',
  'agent.file_refused',
  'agent.option_unknown',
  'agent.option_refused',
  'agent.script_invalid',
  'agent.unsupported',
  'agent.not_logged_in',
  'agent.refused',
  'git.not_installed',
  'git.failed',
  'repository.missing',
  'repository.not_git',
  'repository.bare',
  'repository.no_commits',
  'repository.bad_base',
  'worktree.dirty',
  'worktree.missing',
  'worktree.exists',
  'worktree.misplaced',
  'worktree.bad_branch',
  'push.no_remote',
  'push.no_branch',
  'push.bad_address',
  'push.rejected',
  'push.not_logged_in',
  'push.failed',
  'pull_request.no_program',
  'pull_request.no_repository',
  'pull_request.not_logged_in',
  'pull_request.not_found',
  'pull_request.failed',
  'blame.no_line',
  'bisect.no_answer',
  'snapshot.not_found',
  'snapshot.failed',
  'snapshot.gone',
  'restore.in_the_way',
  'review.not_found',
  'queue.not_found',
  'check.not_found',
  'check.not_agreed',
  'check.failed',
  'configuration.invalid',
  'commit.nothing',
  'commit.refused',
  'landing.not_found',
  'landing.conflict',
  'landing.in_the_way',
  'landing.moved',
  'landing.refused',
  'push.refused',
  'pull_request.refused',
  'origin.not_found',
  'runtime.unreachable',
  'runtime.stopping',
  'runtime.start_failed',
  'search.unavailable',
  'desktop.unavailable',
  'verify.failed',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export type ErrorOptions = {
  /** One sentence: what the reader can do about it. */
  readonly hint?: string;
  /** Facts for the log and for scripts; never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
};

/** The one error type: says what happened and to what, what to do (`hint`), and keeps its cause. */
export class ThroughlineError extends Error {
  override readonly name = 'ThroughlineError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details;
  }

  /** The error as plain data that can cross a thread or the network. The cause stays behind, for the log. */
  toPlain(): PlainError {
    return { code: this.code, message: this.message, hint: this.hint ?? null };
  }

  static fromPlain(plain: PlainError): ThroughlineError {
    return new ThroughlineError(plain.code, plain.message, plain.hint === null ? {} : { hint: plain.hint });
  }
}

export type PlainError = { readonly code: ErrorCode; readonly message: string; readonly hint: string | null };

/**
 * The code of whatever was thrown: of Node's errors (`ENOENT`), of SQLite's (`SQLITE_FULL`), of ours (`input.invalid`);
 * undefined where it has none.
 */
export const codeOf = (thrown: unknown): string | undefined => {
  const code: unknown = typeof thrown === 'object' && thrown !== null && 'code' in thrown ? thrown.code : undefined;
  return typeof code === 'string' ? code : undefined;
};

/**
 * Whatever was thrown, as one of ours; what is not ours becomes `internal` and keeps its cause.
 * @example
 * asThroughlineError(new Error('lost')).toPlain() // => { code: 'internal', message: 'lost', hint: null }
 */
export const asThroughlineError = (thrown: unknown): ThroughlineError => {
  if (thrown instanceof ThroughlineError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ThroughlineError('internal', message, { cause: thrown });
};
