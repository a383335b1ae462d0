/**
 * What the dashboard's row shows of a session's work: the newest of everything, small enough to be folded with each event.
 * All of it stands in `session-work.ts`.
 */
import type { Fact } from '../../protocol/facts/events.ts';
import type { CommandKind, PullRequestState } from '../../protocol/facts/work-events.ts';
import type { LandingState, WorkSummary } from '../../protocol/facts/work-summary.ts';
import type { ShownWork } from '../../protocol/gateway/work.ts';
import { pauseAfter, pauseLooksInto } from '../limits/pause-state.ts';
import { countAfter, laterAfter } from '../queue/prompt-queue.ts';

const workTypes: ReadonlySet<string> = new Set<Fact['type']>([
  'session_archived',
  'snapshot_taken',
  'restore_begun',
  'restore_finished',
  'restore_abandoned',
  'comment_added',
  'comment_removed',
  'comment_resolved',
  'comments_queued',
  'prompt_queued',
  'queued_prompt_withdrawn',
  'command_started',
  'command_ended',
  'commit_begun',
  'committed',
  'commit_abandoned',
  'landing_begun',
  'landing_undo_begun',
  'landing_queued',
  'landing_stepped',
  'landing_prepared',
  'landed',
  'landing_returned',
  'landing_held',
  'landing_withdrawn',
  'landing_undone',
  'pull_request',
]);
/** Whether the summary looks into a ledger's event of this type. */
export const summaryLooksInto = (type: string): boolean => workTypes.has(type) || pauseLooksInto(type);

/** The summary after one event of a ledger, or after one of its run under way that tells of its pause. */
export const applyToSummary = (work: WorkSummary, fact: Fact): WorkSummary => {
  switch (fact.type) {
    case 'session_archived':
      return { ...work, archived: fact.payload.archived };
    case 'snapshot_taken':
      return { ...work, snapshots: fact.payload.snapshot, branch: fact.payload.branch };
    case 'restore_begun':
      return { ...work, restoring: true };
    case 'restore_finished':
    case 'restore_abandoned':
      return { ...work, restoring: false };
    case 'comment_added':
      return { ...work, openComments: [...work.openComments, fact.payload.commentId] };
    case 'comment_removed':
      return withoutComments(work, [fact.payload.commentId]);
    case 'comment_resolved': {
      const { commentId, resolved } = fact.payload;
      const others = withoutComments(work, [commentId]);
      // Opened again, it is one that was sent: its words have been said.
      return resolved ? others : { ...others, sentComments: [...others.sentComments, commentId] };
    }
    case 'comments_queued':
      return { ...work, queuedComments: fact.payload.commentIds };
    case 'prompt_queued':
    case 'queued_prompt_withdrawn':
      return withQueue(work, fact);
    case 'paused':
    case 'continued':
    case 'interrupt_requested':
    case 'status':
    case 'pause_moved':
      return withPause(work, fact);
    case 'prompt': {
      const { comments = [], queued } = fact.payload;
      const gone = { ...withPause(work, fact), archived: false };
      const sent = queued === undefined ? gone : withQueue(gone, fact);
      if (comments.length === 0) return sent;
      const others = withoutComments(sent, comments);
      return { ...others, sentComments: [...others.sentComments, ...comments] };
    }
    case 'command_started':
      return ofCommand(work, fact.payload, 'running');
    case 'command_ended':
      return ofCommand(work, fact.payload, fact.payload.outcome);
    case 'commit_begun':
    case 'landing_begun':
    case 'landing_undo_begun':
      return { ...work, moving: true };
    case 'committed':
    case 'commit_abandoned':
      return { ...work, moving: false };
    case 'landing_queued': {
      const { landingId, onto } = fact.payload;
      return { ...work, landing: { landingId, onto, state: 'queued', words: null, commit: null } };
    }
    case 'landing_stepped':
      return ofLanding(work, fact.payload.landingId, { state: fact.payload.step, words: fact.payload.words });
    case 'landing_prepared':
      return ofLanding(work, fact.payload.landingId, { commit: fact.payload.commit });
    case 'landed':
      return ofLanding(still(work), fact.payload.landingId, {
        state: 'landed',
        words: null,
        commit: fact.payload.commit,
      });
    case 'landing_returned':
      return ofLanding(still(work), fact.payload.landingId, { state: 'returned', words: fact.payload.words });
    case 'landing_held':
      return ofLanding(still(work), fact.payload.landingId, { state: 'held', words: fact.payload.words });
    case 'landing_withdrawn':
      return ofLanding(still(work), fact.payload.landingId, { state: 'withdrawn', words: fact.payload.words });
    case 'landing_undone':
      return fact.payload.undone
        ? ofLanding(still(work), fact.payload.landingId, { state: 'undone', words: null })
        : still(work);
    case 'pull_request':
      return { ...work, pullRequest: fact.payload };
    default:
      return work;
  }
};

const withoutComments = (work: WorkSummary, ids: readonly string[]): WorkSummary => {
  const others = (among: readonly string[]): string[] => among.filter((id) => !ids.includes(id));
  return {
    ...work,
    openComments: others(work.openComments),
    sentComments: others(work.sentComments),
    queuedComments: others(work.queuedComments),
  };
};

const ofCommand = (
  work: WorkSummary,
  { kind, name }: { readonly kind: CommandKind; readonly name: string },
  state: WorkSummary['checks'][string],
): WorkSummary => {
  if (kind === 'check') return { ...work, checks: { ...work.checks, [name]: state } };
  return kind === 'teardown' ? { ...work, tearingDown: state === 'running' } : work;
};

const withPause = (work: WorkSummary, fact: Fact): WorkSummary => {
  const pause = pauseAfter(work.pause, fact);
  return pause === work.pause ? work : { ...work, pause };
};

const withQueue = (work: WorkSummary, fact: Fact): WorkSummary => ({
  ...work,
  queuedPrompts: countAfter(work.queuedPrompts, fact),
  later: laterAfter(work.later, fact),
});

const still = (work: WorkSummary): WorkSummary => (work.moving ? { ...work, moving: false } : work);

const ofLanding = (work: WorkSummary, landingId: string, change: Partial<LandingState>): WorkSummary =>
  // What comes late of a landing that another has followed is history.
  work.landing?.landingId === landingId ? { ...work, landing: { ...work.landing, ...change } } : work;

/** What of it the dashboard's row shows. */
export const shownOf = ({
  openComments,
  queuedComments,
  sentComments,
  pullRequest,
  later: _later,
  ...work
}: WorkSummary): ShownWork => ({
  ...work,
  openComments: openComments.length,
  queuedComments: queuedComments.length,
  sentComments: sentComments.length,
  pullRequest: pullRequest === null ? null : shownPullRequestOf(pullRequest),
});

/** A newer program may have told more of it, which a row has no room for. */
const shownPullRequestOf = ({ number, url, title, state, checks, review }: PullRequestState) => ({
  number,
  url,
  title,
  state,
  checks: { passed: checks.passed, failed: checks.failed, pending: checks.pending },
  review,
});
