import fc from 'fast-check';
import { equal, is } from 'uvu/assert';
import { applyToWork, noSessionWork } from '../../../../actors/model/work/session-work.ts';
import { applyToSummary, shownOf, summaryLooksInto } from '../../../../actors/model/work/work-summary.ts';
import { type Fact, fact, parseFact } from '../../../../actors/protocol/facts/events.ts';
import {
  firstRunOrdinal,
  ledgerOrdinal,
  toCommentId,
  toPosition,
  toTimestamp,
} from '../../../../actors/protocol/facts/ids.ts';
import { noWork, workSummary } from '../../../../actors/protocol/facts/work-summary.ts';
import { sessionWork } from '../../../../actors/protocol/gateway/work.ts';
import { suite } from '../../../support/suite.ts';

const test = suite("what becomes of a session's work");

const at = toTimestamp(1);
const idOf = (letter: string) => toCommentId(`0190a5d2-0000-7000-8000-00000000000${letter}`);
const commentIds = [idOf('a'), idOf('b'), idOf('c')] as const;
const tree = 'a'.repeat(40);

const added = (commentId: (typeof commentIds)[number]): Fact =>
  fact(
    'comment_added',
    {
      commentId,
      path: 'a.ts',
      side: 'after',
      from: 1,
      to: 2,
      quote: { text: 'one\ntwo' },
      text: 'why?',
      tree,
      snapshot: null,
    },
    at,
  );

const prompt = (comments: readonly string[]): Fact =>
  fact('prompt', { text: 'go on', origin: 'prompt', comments: [...comments] }, at);

const workAfter = (facts: readonly Fact[]) =>
  facts.reduce(
    (work, next, index) =>
      applyToWork(
        work,
        { position: toPosition(index + 1), ordinal: next.type === 'prompt' ? firstRunOrdinal : ledgerOrdinal },
        next,
      ),
    noSessionWork,
  );

const summaryAfter = (facts: readonly Fact[]) => facts.reduce(applyToSummary, noWork);

test('a comment is open, then sent with the run whose prompt names it, then resolved', () => {
  const [one = toCommentId('')] = commentIds;
  const facts = [added(one), prompt([one]), fact('comment_resolved', { commentId: one, resolved: true }, at)];
  is(summaryAfter(facts.slice(0, 1)).openComments.length, 1);
  equal(summaryAfter(facts.slice(0, 2)).sentComments, [one]);
  equal(workAfter(facts.slice(0, 2)).comments[0]?.sentWith, [1]);
  is(workAfter(facts).comments[0]?.resolved, true);
  is(summaryAfter(facts).sentComments.length, 0);
});

const comment = fc.constantFrom(...commentIds);
const anyFact: fc.Arbitrary<Fact> = fc.oneof(
  comment.map(added),
  comment.map((commentId) => fact('comment_removed', { commentId }, at)),
  fc.tuple(comment, fc.boolean()).map(([commentId, resolved]) => fact('comment_resolved', { commentId, resolved }, at)),
  fc.uniqueArray(comment).map((ids) => fact('comments_queued', { commentIds: ids, words: '' }, at)),
  fc.uniqueArray(comment).map(prompt),
);

test('[law 9] the row counts the comments that the ledger holds', () => {
  fc.assert(
    fc.property(fc.array(anyFact, { maxLength: 30 }), (facts) => {
      // A comment is added once, and what is not there is not spoken of: so the runtime sees to it.
      const there = new Set<string>();
      const before = new Set<string>();
      const possible = facts.filter((next) => {
        if (next.type === 'comment_added') {
          if (before.has(next.payload.commentId)) return false;
          before.add(next.payload.commentId);
          there.add(next.payload.commentId);
          return true;
        }
        if (next.type === 'comment_removed') return there.delete(next.payload.commentId);
        if (next.type === 'comment_resolved') return there.has(next.payload.commentId);
        if (next.type === 'comments_queued') return next.payload.commentIds.every((id) => there.has(id));
        return next.type === 'prompt' && (next.payload.comments ?? []).every((id) => there.has(id));
      });
      const { comments } = workAfter(possible);
      const shown = shownOf(summaryAfter(possible));
      is(shown.sentComments + shown.openComments, comments.filter(({ resolved }) => !resolved).length);
      is(shown.queuedComments, comments.filter(({ queued }) => queued).length);
    }),
  );
});

test('what the folds give is what their schemas take', () => {
  const facts = [
    [
      'snapshot_taken',
      { snapshot: 1, tree, reason: 'run_start', run: 1, head: tree, branch: 'b', files: 0, additions: 0, deletions: 0 },
    ],
    ['restore_begun', { kind: 'undo', from: 1, tree, to: null, paths: null, files: 2 }],
    ['restore_finished', { tree }],
    [
      'command_started',
      { commandId: 'x', kind: 'check', name: 'tests', command: 'npm test', why: 'asked', attempt: 1, tree },
    ],
    [
      'command_ended',
      {
        commandId: 'x',
        kind: 'check',
        name: 'tests',
        outcome: 'failed',
        exitCode: 1,
        signal: null,
        output: { text: 'no' },
      },
    ],
    ['landing_queued', { landingId: 'l', way: 'squash', onto: 'main', message: null, nameAgent: true }],
    [
      'landing_prepared',
      { landingId: 'l', base: tree, commit: tree, commits: 1, files: 1, additions: 1, deletions: 0 },
    ],
    ['landing_begun', { landingId: 'l', ref: 'refs/heads/main', old: tree, commit: tree }],
    ['landed', { landingId: 'l', ref: 'refs/heads/main', old: tree, commit: tree, tip: null, checkouts: [] }],
  ].map(([type, payload]) => {
    const read = parseFact(String(type), payload, at);
    if (read === null) throw new Error(`${String(type)} does not fit its schema`);
    return read;
  });
  const [work, summary] = [workAfter(facts), summaryAfter(facts)];
  equal(sessionWork.parse(JSON.parse(JSON.stringify(work))), JSON.parse(JSON.stringify(work)));
  equal(workSummary.parse(JSON.parse(JSON.stringify(summary))), JSON.parse(JSON.stringify(summary)));
  is(summary.landing?.state, 'landed');
  is(summary.checks.tests, 'failed');
  is(work.restores[0]?.state, 'finished');
  for (const { type } of facts) {
    if (applyToSummary(noWork, facts.find((each) => each.type === type) ?? prompt([])) !== noWork)
      is(summaryLooksInto(type), true, type);
  }
});

test.run();
