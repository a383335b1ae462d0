import { ThroughlineError } from '../../../actors/protocol/facts/error.ts';
import type { ApprovalOption } from '../../../actors/protocol/facts/events.ts';
import type { PendingApproval, SessionDetail } from '../../../actors/protocol/gateway/dashboard.ts';
import { truncate } from '../text/display-width.ts';
import { sanitiseLine } from '../text/sanitise.ts';
import { shortIdLength } from './find-session.ts';

// An id begins with its time. Less than all of that would mean the next approval of the same minute, too, and so one
// that nobody has looked at.
const timeCharacters = 13;

/** How much of the ids of approvals is shown, and is enough to name one of them and never one that came later. */
export const approvalIdLength = (ids: readonly string[]): number => Math.max(timeCharacters, shortIdLength(ids));

type Asking = Pick<SessionDetail, 'name' | 'approvals'>;

/**
 * The approval that is meant: the only one that waits, or the one whose id, or the beginning of it, was given.
 * Raises `approval.not_pending` when none waits, `approval.not_found`, or `input.invalid` when several are meant.
 */
export const findApproval = ({ name, approvals }: Asking, given: string | undefined): PendingApproval => {
  const prefix = given?.trim().toLowerCase() ?? '';
  if (given !== undefined && prefix.length < timeCharacters) {
    throw new ThroughlineError('input.invalid', `"${sanitiseLine(prefix)}" is too little of an approval's id`, {
      hint: `give its first ${timeCharacters} characters at least, as \`throughline show\` has them`,
    });
  }
  const matches = approvals.filter(({ approvalId }) => approvalId.startsWith(prefix));
  const [only] = matches;
  if (matches.length === 1 && only !== undefined) return only;
  const session = `"${sanitiseLine(name)}"`;
  if (approvals.length === 0) {
    throw new ThroughlineError('approval.not_pending', `${session} waits for no approval`, {
      hint: 'it was answered already, or it expired with the runtime that asked',
    });
  }
  if (matches.length === 0) {
    throw new ThroughlineError('approval.not_found', `${session} has no pending approval ${sanitiseLine(prefix)}`, {
      hint: `it waits for: ${listed(approvals)}`,
    });
  }
  const those = listed(matches, approvals);
  throw new ThroughlineError('input.invalid', `${session} waits for ${matches.length} approvals: ${those}`, {
    hint: 'name one of them after the session; `throughline show` shows them whole',
  });
};

/** The refusal of an answer to an approval that waits no more, naming those that wait now and were not shown. */
export const notPending = (
  { name, approvals }: Asking,
  { approvalId, title }: Pick<PendingApproval, 'approvalId' | 'title'>,
  cause: unknown,
): ThroughlineError =>
  new ThroughlineError(
    'approval.not_pending',
    `"${sanitiseLine(name)}" does not wait for this approval any more: ${approvalId} ${shortTitle(title)}`,
    {
      hint:
        approvals.length === 0
          ? 'it was answered, cancelled or has expired'
          : `it waits for another, which was not answered: ${listed(approvals)}`,
      cause,
    },
  );

/** Ids, as much of each as tells it from the others, with their titles. */
const listed = (some: readonly PendingApproval[], all = some): string => {
  const idLength = approvalIdLength(all.map(({ approvalId }) => approvalId));
  return some.map(({ approvalId, title }) => `${approvalId.slice(0, idLength)} ${shortTitle(title)}`).join(', ');
};

// A command can be the title, and an error is one line.
const shortTitle = (title: string): string => truncate(sanitiseLine(title), maxTitleColumns);
const maxTitleColumns = 60;

/** The option that is meant, by its id or its name. Raises `input.invalid`, naming those there are. */
export const findOption = (approval: PendingApproval, given: string): ApprovalOption => {
  const wanted = given.trim().toLowerCase();
  const option =
    approval.options.find(({ optionId }) => optionId === given) ??
    approval.options.find(({ name }) => name.toLowerCase() === wanted);
  if (option !== undefined) return option;
  const known = approval.options.map(({ optionId, name }) => `${optionId} (${name})`).join(', ');
  throw new ThroughlineError('input.invalid', `"${given}" is no option of this approval`, {
    hint: `it has: ${sanitiseLine(known)}`,
  });
};
