import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { PendingApproval, SessionDetail } from '../../../actors/protocol/gateway/dashboard.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { shortIdLength } from './find-session.ts';

type Asking = Pick<SessionDetail, 'name' | 'approvals'>;

/**
 * The approval that is meant: the only one that waits, or the one whose id, or the beginning of it, was given.
 * Raises `approval.not_pending` when none waits, `approval.not_found`, or `input.invalid` when several are meant.
 */
export const findApproval = ({ name, approvals }: Asking, given: string | undefined): PendingApproval => {
  const prefix = (given ?? '').trim().toLowerCase();
  const matches = approvals.filter(({ approvalId }) => approvalId.startsWith(prefix));
  const [only] = matches;
  if (matches.length === 1 && only !== undefined) return only;
  const session = `"${sanitiseLine(name)}"`;
  if (approvals.length === 0) {
    throw new ThroughlineError('approval.not_pending', `${session} waits for no approval`, {
      hint: 'it was answered already, or it expired with the runtime that asked',
    });
  }
  const idLength = shortIdLength(approvals.map(({ approvalId }) => approvalId));
  const shown = (list: readonly PendingApproval[]): string =>
    list.map(({ approvalId, title }) => `${approvalId.slice(0, idLength)} ${sanitiseLine(title)}`).join(', ');
  if (matches.length === 0) {
    throw new ThroughlineError('approval.not_found', `${session} has no pending approval ${sanitiseLine(prefix)}`, {
      hint: `it waits for: ${shown(approvals)}`,
    });
  }
  throw new ThroughlineError('input.invalid', `${session} waits for ${matches.length} approvals: ${shown(matches)}`, {
    hint: 'name one of them after the session',
  });
};

/** The option that is meant, by its id or its name. Raises `input.invalid`, naming those there are. */
export const findOption = (approval: PendingApproval, given: string): string => {
  const wanted = given.trim().toLowerCase();
  const option =
    approval.options.find(({ optionId }) => optionId === given) ??
    approval.options.find(({ name }) => name.toLowerCase() === wanted);
  if (option !== undefined) return option.optionId;
  const known = approval.options.map(({ optionId, name }) => `${optionId} (${name})`).join(', ');
  throw new ThroughlineError('input.invalid', `"${given}" is no option of this approval`, {
    hint: `it has: ${sanitiseLine(known)}`,
  });
};
