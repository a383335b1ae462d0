/** What a row says of what became of its work: landing, pull request, checks, comments. Pure. */
import { counted } from '../../protocol/facts/counted.ts';
import { shortCommit } from '../../protocol/facts/short-commit.ts';
import type { ShownWork } from '../../protocol/gateway/work.ts';

type Landing = NonNullable<ShownWork['landing']>;
type PullRequest = NonNullable<ShownWork['pullRequest']>;

/** The parts of the note, the most pressing first; none while there is nothing to say. */
export const workNotes = (work: ShownWork): readonly string[] =>
  [
    work.tearingDown ? 'Its teardown runs' : null,
    work.restoring ? 'Files are being put back' : null,
    work.landing === null ? null : landingNote(work.landing),
    work.pullRequest === null ? null : pullRequestWords(work.pullRequest),
    checksNote(work.checks),
    work.queuedPrompts > 0 ? `${work.queuedPrompts.toLocaleString('en')} queued` : null,
    work.queuedComments > 0 ? `${counted(work.queuedComments, 'comment')} for its agent when the run has ended` : null,
    work.openComments > 0 ? `${counted(work.openComments, 'comment')} not sent` : null,
  ].filter((part) => part !== null);

const landingNote = ({ state, onto, commit, words }: Landing): string | null => {
  switch (state) {
    case 'landed':
      return `Landed on ${onto}${commit === null ? '' : ` as ${shortCommit(commit)}`}`;
    case 'queued':
    case 'waiting':
      return `Waits to land on ${onto}`;
    case 'rebasing':
      return `Rebases onto ${onto}`;
    case 'checking':
      return words ?? 'Checking before landing';
    case 'landing':
      return `Lands on ${onto}`;
    case 'returned':
      return words === null ? 'Given back' : `Given back: ${words}`;
    case 'held':
      return words;
    default:
      return null;
  }
};

/** `#12 open, 2 of 3 checks passed, approved`. */
export const pullRequestWords = ({ number, state, checks, review }: PullRequest): string => {
  const { failed, passed, pending } = checks;
  const all = failed + passed + pending;
  const ran =
    all === 0 || state === 'merged' || state === 'closed'
      ? ''
      : failed > 0
        ? `, ${failed} of ${counted(all, 'check')} ${failed === 1 ? 'fails' : 'fail'}`
        : `, ${passed} of ${counted(all, 'check')} passed`;
  return `#${number} ${state}${ran}${review === null ? '' : `, ${review.replace(/_/gu, ' ').toLowerCase()}`}`;
};

const checksNote = (checks: ShownWork['checks']): string | null => {
  const failing = Object.keys(checks).filter((name) => checks[name] === 'failed' || checks[name] === 'timed_out');
  if (failing.length === 0) return null;
  return failing.length === 1 ? `${failing[0]} fails` : `${failing.length} checks fail`;
};
