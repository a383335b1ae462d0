/** How a refusal is told over HTTP: RFC 9457's problem JSON, with the error's code for scripts to match on. */
import { STATUS_CODES } from 'node:http';
import { type ErrorCode, ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { Problem } from '../../../actors/protocol/gateway/api.ts';

export const problemContentType = 'application/problem+json; charset=utf-8';

/** Every code has a status; a new code does not compile before it has one here. */
const statusByCode: Readonly<Record<ErrorCode, number>> = {
  'input.invalid': 400,
  'request.unauthorized': 401,
  'request.forbidden': 403,
  'request.misdirected': 421,
  'request.too_large': 413,
  'route.not_found': 404,
  'session.not_found': 404,
  'session.busy': 409,
  'session.not_running': 409,
  'session.prompt_required': 422,
  'session.thread_died': 500,
  'session.damaged': 500,
  'run.not_found': 404,
  'approval.not_found': 404,
  'approval.not_pending': 409,
  'append.gap': 500,
  'append.conflict': 500,
  'append.run_ended': 409,
  'writer.unavailable': 503,
  'writer.gave_up': 503,
  'sqlite.not_installed': 500,
  'store.newer': 500,
  'store.unreadable': 500,
  'store.damaged': 503,
  'store.disk_full': 507,
  'store.disk_failed': 503,
  'store.read_only': 503,
  'store.cannot_open': 503,
  'store.busy': 503,
  'store.missing': 500,
  'data.locked': 409,
  'data.insecure': 500,
  'data.unusable': 500,
  'agent.unknown': 422,
  'agent.not_installed': 422,
  'agent.start_failed': 502,
  'agent.exited': 502,
  'agent.protocol': 502,
  'agent.outside_worktree': 403,
  'agent.file_missing': 404,
  'agent.file_refused': 422,
  'agent.option_unknown': 422,
  'agent.option_refused': 409,
  'agent.script_invalid': 422,
  'agent.unsupported': 422,
  'agent.not_logged_in': 409,
  'agent.refused': 502,
  'git.not_installed': 500,
  'git.failed': 500,
  'repository.missing': 422,
  'repository.not_git': 422,
  'repository.bare': 422,
  'repository.no_commits': 422,
  'repository.bad_base': 422,
  'worktree.dirty': 409,
  'worktree.missing': 409,
  'worktree.misplaced': 409,
  'worktree.exists': 409,
  'worktree.bad_branch': 422,
  'snapshot.not_found': 404,
  'snapshot.failed': 500,
  'restore.in_the_way': 409,
  'review.not_found': 404,
  'check.not_found': 404,
  'check.not_agreed': 409,
  'check.failed': 409,
  'configuration.invalid': 422,
  'commit.nothing': 409,
  'commit.refused': 409,
  'landing.not_found': 404,
  'landing.conflict': 409,
  'landing.in_the_way': 409,
  'landing.moved': 409,
  'landing.refused': 409,
  'push.refused': 502,
  'pull_request.refused': 502,
  'origin.not_found': 404,
  'runtime.unreachable': 503,
  'runtime.stopping': 503,
  'runtime.start_failed': 500,
  'search.unavailable': 503,
  'desktop.unavailable': 503,
  'verify.failed': 500,
  internal: 500,
};

/**
 * An error as problem JSON. What is `internal` says nothing about the inside: its message was written for the log, and
 * whoever asked can do no more than look there.
 */
export const problemOf = (error: ThroughlineError): Problem => {
  const status = statusByCode[error.code];
  const told = error.code === 'internal' ? unexpected : error;
  return {
    type: `urn:throughline:problem:${error.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: told.message,
    code: error.code,
    hint: told.hint ?? null,
  };
};

const unexpected = new ThroughlineError('internal', 'something went wrong in the runtime', {
  hint: 'runtime.log in the data directory has the details',
});
