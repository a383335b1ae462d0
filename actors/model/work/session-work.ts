/**
 * What became of a session's work, as a pure fold of its ledger and its prompts: snapshots, what was put back, the review,
 * commands of the repository, commits, landings, the pull request. It is folded when somebody asks for it; what of it
 * stands in the dashboard's row is `work-summary.ts`.
 */
import type { Fact } from '../../protocol/facts/events.ts';
import type { Ordinal, Position } from '../../protocol/facts/ids.ts';
import type { Landing, Restore, ReviewComment, SessionWork } from '../../protocol/gateway/work.ts';

export const noSessionWork: SessionWork = {
  snapshots: [],
  nextSnapshot: 1,
  restores: [],
  comments: [],
  queued: null,
  viewed: [],
  lookedAt: null,
  commands: [],
  commits: [],
  commitBegun: null,
  landings: [],
  bisect: null,
  pushed: null,
  pullRequest: null,
  prepared: null,
  lastPromptAt: null,
};

/** Where an event of the work stands. */
export type WorkPlace = { readonly position: Position; readonly ordinal: Ordinal };

/** The work after one event. Those of a session's ledger and its prompts are to be given, in order of position. */
export const applyToWork = (work: SessionWork, { position, ordinal }: WorkPlace, fact: Fact): SessionWork => {
  const at = fact.occurredAt;
  switch (fact.type) {
    case 'prompt':
      return withSentChecks(prompted(work, fact.payload.comments ?? [], ordinal, position), fact.payload, ordinal);
    case 'snapshot_taken': {
      const taken = { ...fact.payload, at, position };
      return { ...work, snapshots: [...work.snapshots, taken], nextSnapshot: taken.snapshot + 1 };
    }
    case 'snapshots_dropped': {
      const { snapshots } = fact.payload;
      return { ...work, snapshots: work.snapshots.filter(({ snapshot }) => !snapshots.includes(snapshot)) };
    }
    case 'restore_begun':
      return { ...work, restores: [...work.restores, { ...fact.payload, at, position, state: 'under_way' }] };
    case 'restore_finished':
      return { ...work, restores: withLastRestore(work.restores, 'finished') };
    case 'restore_abandoned':
      return { ...work, restores: withLastRestore(work.restores, 'abandoned') };
    case 'comment_added': {
      const added = { ...fact.payload, at, position, sentWith: [], queued: false, resolved: false };
      return { ...work, comments: [...work.comments, added] };
    }
    case 'comment_changed':
      return ofComment(work, fact.payload.commentId, { text: fact.payload.text });
    case 'comment_removed': {
      const { commentId } = fact.payload;
      return { ...work, comments: work.comments.filter((comment) => comment.commentId !== commentId) };
    }
    case 'comment_resolved':
      return ofComment(work, fact.payload.commentId, { resolved: fact.payload.resolved, queued: false });
    case 'comments_queued':
      return {
        ...work,
        queued: fact.payload.commentIds.length === 0 ? null : fact.payload,
        comments: work.comments.map((comment) => ({
          ...comment,
          queued: fact.payload.commentIds.includes(comment.commentId),
        })),
      };
    case 'file_viewed': {
      const { path, blob, viewed } = fact.payload;
      const others = work.viewed.filter((file) => file.path !== path);
      return { ...work, viewed: viewed ? [...others, { path, blob }] : others };
    }
    case 'looked_at':
      return { ...work, lookedAt: fact.payload.snapshot };
    case 'command_started':
      return {
        ...work,
        commands: [
          ...work.commands,
          {
            ...fact.payload,
            at,
            position,
            outcome: null,
            exitCode: null,
            signal: null,
            endedAt: null,
            output: null,
            sentWith: null,
            sentByItself: false,
          },
        ],
      };
    case 'command_ended': {
      const { commandId, outcome, exitCode, signal, output } = fact.payload;
      const end = { outcome, exitCode, signal, output, endedAt: at };
      return {
        ...work,
        commands: work.commands.map((command) =>
          command.commandId === commandId && command.outcome === null ? { ...command, ...end } : command,
        ),
      };
    }
    case 'commit_begun':
      return { ...work, commitBegun: fact.payload };
    case 'committed':
      return { ...work, commitBegun: null, commits: [...work.commits, { ...fact.payload, at, position }] };
    case 'commit_abandoned':
      return { ...work, commitBegun: null };
    case 'landing_queued': {
      const queued: Landing = {
        ...fact.payload,
        at,
        position,
        state: 'queued',
        words: null,
        place: position,
        paused: false,
        prepared: null,
        begun: null,
        undoBegun: null,
        landed: null,
        returned: null,
        held: null,
      };
      return { ...work, landings: [...work.landings, queued] };
    }
    case 'landing_arranged': {
      const { landingId, place, paused } = fact.payload;
      return ofLanding(work, landingId, { place, paused });
    }
    case 'landing_stepped':
      return ofLanding(work, fact.payload.landingId, {
        state: fact.payload.step,
        words: fact.payload.words,
        held: null,
      });
    case 'landing_prepared':
      return ofLanding(work, fact.payload.landingId, { prepared: fact.payload });
    case 'landing_begun':
      return ofLanding(work, fact.payload.landingId, { begun: fact.payload });
    case 'landed':
      return ofLanding(work, fact.payload.landingId, {
        state: 'landed',
        words: null,
        begun: null,
        landed: { ...fact.payload, at },
      });
    case 'landing_returned':
      return ofLanding(work, fact.payload.landingId, {
        state: 'returned',
        words: fact.payload.words,
        begun: null,
        returned: fact.payload,
      });
    case 'landing_held':
      return ofLanding(work, fact.payload.landingId, {
        state: 'held',
        words: fact.payload.words,
        begun: null,
        held: fact.payload,
      });
    case 'landing_withdrawn':
      return ofLanding(work, fact.payload.landingId, { state: 'withdrawn', words: fact.payload.words, begun: null });
    case 'landing_undo_begun':
      return ofLanding(work, fact.payload.landingId, { undoBegun: fact.payload });
    case 'landing_undone':
      return ofLanding(work, fact.payload.landingId, {
        undoBegun: null,
        ...(fact.payload.undone ? { state: 'undone', words: null } : {}),
      });
    case 'bisect_begun':
      return { ...work, bisect: { ...fact.payload, at, position, tried: [], ended: null } };
    case 'bisect_tried':
      if (work.bisect === null) return work;
      return {
        ...work,
        bisect: { ...work.bisect, tried: [...work.bisect.tried, { ...fact.payload, at, position }] },
      };
    case 'bisect_ended':
      return work.bisect === null ? work : { ...work, bisect: { ...work.bisect, ended: fact.payload } };
    case 'pushed':
      return { ...work, pushed: fact.payload };
    case 'pull_request':
      return { ...work, pullRequest: fact.payload };
    case 'worktree_prepared':
      return { ...work, prepared: fact.payload };
    case 'worktree_recovered':
      if (fact.payload.anew === undefined) return work;
      return { ...work, prepared: null, commands: work.commands.filter(({ kind }) => kind !== 'setup') };
    default:
      return work;
  }
};

const prompted = (work: SessionWork, sent: readonly string[], ordinal: Ordinal, position: Position): SessionWork => {
  const before = { ...work, lastPromptAt: position };
  if (sent.length === 0) return before;
  return {
    ...before,
    queued: null,
    comments: work.comments.map((comment) =>
      sent.includes(comment.commentId)
        ? // Who sends one again takes it for open.
          { ...comment, queued: false, resolved: false, sentWith: [...comment.sentWith, ordinal] }
        : comment,
    ),
  };
};

const withSentChecks = (
  work: SessionWork,
  { checks = [], byItself }: { readonly checks?: readonly string[] | undefined; readonly byItself?: true | undefined },
  ordinal: Ordinal,
): SessionWork => {
  if (checks.length === 0) return work;
  const sent = { sentWith: ordinal, sentByItself: byItself === true };
  const commands = work.commands.map((each) => (checks.includes(each.commandId) ? { ...each, ...sent } : each));
  return { ...work, commands };
};

const withLastRestore = (restores: readonly Restore[], state: Restore['state']): Restore[] =>
  restores.map((restore, index) => (index === restores.length - 1 ? { ...restore, state } : restore));

const ofComment = (work: SessionWork, commentId: string, change: Partial<ReviewComment>): SessionWork => ({
  ...work,
  comments: work.comments.map((comment) => (comment.commentId === commentId ? { ...comment, ...change } : comment)),
});

const ofLanding = (work: SessionWork, landingId: string, change: Partial<Landing>): SessionWork => ({
  ...work,
  landings: work.landings.map((landing) => (landing.landingId === landingId ? { ...landing, ...change } : landing)),
});
