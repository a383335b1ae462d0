import * as assert from 'uvu/assert';
import { workNotes } from '../../../actors/model/work/work-notes.ts';
import type { ShownWork, Snapshot } from '../../../actors/protocol/gateway/work.ts';
import { branchWords, shownBranch } from '../../../gui/state/shown-branch.ts';
import {
  changesWords,
  isAfterAllRuns,
  lastRunWithChanges,
  nameOf,
  spanOfRun,
  spokenName,
} from '../../../gui/state/snapshot-words.ts';
import { suite } from '../../support/suite.ts';

const test = suite('the words for what became of a session’s work');

const none: ShownWork = {
  archived: false,
  snapshots: 0,
  branch: null,
  restoring: false,
  moving: false,
  tearingDown: false,
  openComments: 0,
  queuedComments: 0,
  queuedPrompts: 0,
  pause: null,
  sentComments: 0,
  checks: {},
  landing: null,
  pullRequest: null,
};

const landing = (state: NonNullable<ShownWork['landing']>['state'], words: string | null = null) => ({
  landingId: 'x',
  onto: 'main',
  state,
  words,
  commit: '7c1d2e9'.padEnd(40, '0'),
});

test('a row says how its landing stands', () => {
  const note = (one: ShownWork['landing']): string | undefined => workNotes({ ...none, landing: one })[0];
  assert.is(note(landing('landed')), 'Landed on main as 7c1d2e9');
  assert.is(note(landing('checking', 'Checking before landing, 2 of 4')), 'Checking before landing, 2 of 4');
  assert.is(note(landing('returned', 'README.md conflicts with main')), 'Given back: README.md conflicts with main');
  assert.is(note(landing('rebasing')), 'Rebases onto main');
  assert.is(note(landing('withdrawn')), undefined);
});

test('a row says what fails, what was not sent, and how its pull request stands', () => {
  const pullRequest = {
    number: 12,
    url: 'https://example.org/12',
    title: 'Limit requests',
    state: 'open' as const,
    checks: { passed: 2, failed: 1, pending: 0 },
    review: 'CHANGES_REQUESTED',
  };
  assert.equal(workNotes({ ...none, checks: { lint: 'failed', tests: 'passed' }, openComments: 2, pullRequest }), [
    '#12 open, 1 of 3 checks fails, changes requested',
    'lint fails',
    '2 comments not sent',
  ]);
  assert.equal(workNotes({ ...none, queuedPrompts: 2 }), ['2 queued']);
  assert.equal(workNotes(none), []);
});

test('the branch is the one that the worktree really has, and the one that it began as is told beside it', () => {
  const worktree = { path: '/w', branch: 'throughline/login-4b1e07', base: 'main' };
  assert.is(shownBranch({ worktree, work: none }), 'throughline/login-4b1e07');
  const moved = { worktree, work: { ...none, snapshots: 2, branch: 'fix/login' } };
  assert.is(shownBranch(moved), 'fix/login');
  assert.is(branchWords(moved), 'fix/login, begun as throughline/login-4b1e07');
  assert.is(
    branchWords({ worktree, work: { ...none, snapshots: 2 } }),
    'no branch is checked out, begun as throughline/login-4b1e07',
  );
});

const snapshot = (number: number, reason: Snapshot['reason'], run: number | null, files: number): Snapshot =>
  ({
    snapshot: number,
    reason,
    run,
    files,
    head: 'abcdef0'.padEnd(40, '0'),
    branch: 'fix',
    tree: `${number}`,
  }) as Snapshot;

test('snapshots have names, and a change between runs is not said to be the agent’s', () => {
  const [first, second, third] = [
    snapshot(1, 'run_start', 1, 0),
    snapshot(2, 'run_end', 1, 3),
    snapshot(3, 'run_start', 2, 1),
  ] as const;
  assert.is(nameOf(third), 'S3 · start of run 2');
  assert.is(spokenName(third), 'S3, the start of run 2');
  assert.is(changesWords(first, undefined), 'on fix at abcdef0');
  assert.is(changesWords(second, first), '3 files since S1');
  assert.is(changesWords(third, second), '1 file since S2, not by the agent’s steps');
});

test('the run that is undone is the last that changed something', () => {
  const work = {
    snapshots: [
      snapshot(1, 'run_start', 1, 0),
      snapshot(2, 'run_end', 1, 3),
      snapshot(3, 'run_start', 2, 0),
      snapshot(4, 'run_end', 2, 0),
    ],
  } as Parameters<typeof spanOfRun>[0];
  assert.is(lastRunWithChanges(work), 1);
  assert.is(spanOfRun(work, 1).start?.snapshot, 1);
  assert.is(spanOfRun(work, 3).end, null);
});

test('that nothing was said after a snapshot is known by the runs that were begun after it', () => {
  const [before, after, next] = [
    snapshot(1, 'run_start', 1, 0),
    snapshot(2, 'run_end', 1, 3),
    snapshot(3, 'run_start', 2, 0),
  ] as const;
  const work = { snapshots: [before, after, next] } as Parameters<typeof isAfterAllRuns>[0];
  assert.is(isAfterAllRuns(work, before, 1), false);
  assert.is(isAfterAllRuns(work, after, 1), true);
  assert.is(isAfterAllRuns(work, after, 2), false);
  assert.is(isAfterAllRuns(work, next, 1), true);
});

test.run();
