/**
 * What a runtime could tell of a session's work, for states that are hard to come to: each text is given through `words`,
 * so that it can be anybody's.
 */
import type { Page, Route } from 'playwright-core';
import type { RepositorySetupAnswer } from '../../../../actors/protocol/gateway/check-routes.ts';
import type { LandingPreview, QueuedLanding } from '../../../../actors/protocol/gateway/landing-routes.ts';
import type { PullRequestAnswer } from '../../../../actors/protocol/gateway/origin-routes.ts';
import type { DiscardedEntry, RestorePreview } from '../../../../actors/protocol/gateway/snapshot-routes.ts';

type Words = (plain: string) => string;

const plain: Words = (text) => text;
const id = (letter: string): string => letter.repeat(40);
const uuid = (number: number): string => `0194d3a4-0000-7000-8000-${String(number).padStart(12, '0')}`;
const at = Date.UTC(2026, 10, 30, 11, 0);

export const toldPreview = (words: Words = plain): Readonly<Record<keyof LandingPreview, unknown>> => ({
  onto: words('main'),
  tip: id('c'),
  behind: 4,
  branch: words('throughline/rate-limits'),
  way: 'squash',
  commits: 2,
  files: 9,
  additions: 118,
  deletions: 41,
  uncommitted: 3,
  message: words('Limit requests\n\nEach key has a bucket.'),
  trailers: [words('Throughline-Session: x')],
  agentTrailer: words('Assisted-by: claude (3 runs)'),
  author: words('Ada Byron <ada@example.org>'),
  signing: 'ssh',
  hooks: { names: [words('pre-commit')], folder: words('.husky'), hash: 'a'.repeat(64), agreed: false },
  foreseen: {
    base: [{ path: words('README.md'), words: words('both change lines 2–4') }],
    sessions: [
      { id: uuid(7), name: words('Retry'), files: [{ path: words('src/server.ts'), words: words('both change it') }] },
      { id: uuid(8), name: words('Tests for cart'), files: [] },
    ],
  },
  checkouts: [
    {
      kind: 'in_the_way',
      lets: false,
      path: words('/home/ada/shop'),
      session: null,
      title: words('main stays where it is: 1 of your files is in the way'),
      more: words('It is checked and kept.'),
      command: words('git merge --ff-only b83f01c'),
      files: [{ path: words('src/server.ts'), why: words('you have changed it') }],
    },
  ],
  blockers: [],
});

export const toldSetup = (words: Words = plain): Readonly<Record<keyof RepositorySetupAnswer, unknown>> => {
  const offered = {
    setup: [{ command: words('npm ci'), timeoutMs: 600_000 }],
    checks: ['tests', 'lint'].map((name) => ({
      name: words(name),
      command: words(`npm run ${name}`),
      timeoutMs: 600_000,
      when: ['asked', 'after_run', 'landing'],
      retry: { tries: 3, pauseMs: 1_000 },
    })),
    teardown: [{ command: words('docker compose down'), timeoutMs: 60_000 }],
    copy: [words('.env')],
    agent: words('claude'),
    base: words('main'),
    approvals: 'allow',
    landing: { how: 'squash', checks: null, branch: words('main') },
    touches: [],
  };
  return {
    repository: '/home/ada/shop',
    standing: 'agreed',
    hash: 'b'.repeat(64),
    texts: [{ file: words('.throughline/config.json'), text: words('{\n  "setup": ["npm ci"]\n}\n') }],
    errors: [],
    offered,
    inUse: offered,
    approvalsAgreed: false,
    before: null,
    copies: { files: [words('.env')], bytes: 1_400 },
    uncommitted: false,
    ownFile: '/x',
  };
};

const command = (number: number, name: string, outcome: string | null, words: Words) => ({
  commandId: uuid(number),
  kind: 'check',
  name: words(name),
  command: words(`npm run ${name}`),
  why: 'asked',
  attempt: 1,
  tree: null,
  at,
  position: 20 + number,
  outcome,
  exitCode: outcome === 'failed' ? 1 : null,
  signal: null,
  endedAt: outcome === null ? null : at + 4_000,
  output: outcome === null ? null : { text: words('one\n\u001b[31merror\u001b[39m two\n') },
});

export const toldWork = (landing: object | null, words: Words = plain) => ({
  snapshots: [1, 2].map((snapshot) => ({
    snapshot,
    tree: id(String(snapshot)),
    reason: snapshot === 1 ? 'run_start' : 'run_end',
    run: 1,
    head: id('a'),
    branch: words('throughline/rate-limits'),
    files: snapshot - 1,
    additions: 9,
    deletions: 1,
    at,
    position: snapshot,
    pointers: snapshot === 1 ? [] : [{ path: words('big.bin'), bytes: 1e9, hash: 'x' }],
    missing: snapshot === 1 ? [] : [{ path: words('pipe'), why: words('it is a pipe') }],
  })),
  nextSnapshot: 3,
  restores: [],
  comments: [],
  queued: null,
  viewed: [],
  lookedAt: null,
  commands: [command(1, 'tests', 'passed', words), command(2, 'lint', 'failed', words)],
  commits: [],
  commitBegun: null,
  landings: landing === null ? [] : [{ ...waiting, ...landing }],
  pushed: null,
  pullRequest: null,
  prepared: null,
  lastPromptAt: 3,
});

const waiting = {
  landingId: uuid(90),
  way: 'squash',
  onto: 'main',
  message: null,
  nameAgent: true,
  at,
  position: 90,
  state: 'queued',
  words: null,
  prepared: null,
  begun: null,
  undoBegun: null,
  landed: null,
  returned: null,
  held: null,
};

export const toldReturned = (words: Words = plain) => ({
  state: 'returned',
  words: words('README.md conflicts with main'),
  returned: {
    landingId: uuid(90),
    why: 'conflict',
    paths: [],
    task: words('Merge main.'),
    words: words('It conflicts'),
  },
});

export const toldHeld = (words: Words = plain) => ({
  state: 'held',
  onto: words('main'),
  words: words('Something is in the way'),
  held: { landingId: uuid(90), words: words('x'), paths: [words('src/server.ts')], commit: null },
});

export const toldLanded = (words: Words = plain) => ({
  state: 'landed',
  onto: words('main'),
  prepared: {
    landingId: uuid(90),
    base: id('1'),
    commit: id('2'),
    commits: 1,
    files: 9,
    additions: 118,
    deletions: 41,
  },
  landed: {
    landingId: uuid(90),
    ref: 'refs/heads/main',
    old: id('7'),
    commit: id('2'),
    tip: null,
    at,
    checkouts: [{ path: words('/home/ada/shop'), outcome: 'left', why: words('it has changes of yours') }],
  },
});

export const toldQueue = (words: Words = plain): readonly Readonly<Record<keyof QueuedLanding, unknown>>[] =>
  (['landed', 'checking', 'rebasing', 'held', 'returned'] as const).map((state, index) => ({
    landingId: uuid(100 + index),
    session: { id: uuid(index), name: words(`session ${index}`), agent: words('claude') },
    repository: '/r',
    onto: words('main'),
    paused: false,
    way: 'squash',
    state,
    words: words('on top of 7c1d2e9'),
    commit: state === 'landed' ? id('7') : null,
    files: state === 'landed' ? 2 : null,
    additions: state === 'landed' ? 31 : null,
    deletions: state === 'landed' ? 4 : null,
    paths: [],
    task: state === 'returned' ? words('Merge main into your branch.') : null,
    checkouts: [],
    checks: [{ name: words('tests'), outcome: null }],
    queuedAt: at,
    landedAt: state === 'landed' ? at : null,
  }));

export const toldPullRequest = (words: Words = plain): Readonly<Record<keyof PullRequestAnswer, unknown>> => ({
  repository: words('github.com/ada/shop'),
  pullRequest: {
    number: 12,
    url: words('https://example.org/12'),
    title: words('Limit requests'),
    state: 'open',
    checks: { passed: 2, failed: 1, pending: 0 },
    review: words('changes_requested'),
  },
  draft: { title: words('Limit requests'), body: words('x'), base: words('main'), head: words('x') },
  feedback: [
    { id: 'f1', kind: 'check', from: words('build'), text: words('failure'), path: null, line: null, url: null },
    { id: 'f2', kind: 'comment', from: words('bob'), text: words('Why?'), path: words('src/a.ts'), line: 3, url: null },
  ],
  feedbackLeftOut: 0,
});

export const toldRestore = (words: Words = plain): Readonly<Record<keyof RestorePreview, unknown>> => ({
  to: 1,
  tree: id('1'),
  kept: 3,
  files: [
    { path: words('src/a.ts'), becomes: null, change: 'changed', additions: 3, deletions: 1, changedSince: false },
    {
      path: words('src/b.ts'),
      becomes: null,
      change: 'goes_away',
      additions: null,
      deletions: null,
      changedSince: true,
    },
  ],
  filesLeftOut: 2,
  stays: [
    { path: words('README.md'), why: 'changed_since' },
    { path: words('vendor'), why: 'repository' },
  ],
  staysLeftOut: 0,
});

export const toldDiscarded = (
  session: string,
  words: Words = plain,
): readonly Readonly<Record<keyof DiscardedEntry, unknown>>[] =>
  [session, null].map((of, index) => ({
    name: `d${index}`,
    repository: '/r',
    session: of,
    sessionName: of === null ? null : words('Rate limits'),
    isThere: of !== null,
    snapshot: null,
    words: words('Put back before run 1'),
    files: 5,
    lines: null,
    ref: words('refs/throughline/discarded/x'),
    before: id('1'),
    after: null,
    at,
    until: at + 30 * 86_400_000,
  }));

/** What is answered instead of by the runtime: by the end of a route's path, a body or what is done with the request. */
export type Told = Readonly<Record<string, object | ((route: Route) => Promise<void>)>>;

/** Answers what `told` has at the moment; everything else goes to the runtime. */
export const answerAs = async (page: Page, told: () => Told): Promise<void> => {
  await page.route(/\/api\//u, async (route) => {
    const { pathname } = new URL(route.request().url());
    const [, answer] = Object.entries(told()).find(([end]) => pathname.endsWith(end)) ?? [];
    if (answer === undefined) return route.continue();
    return typeof answer === 'function' ? answer(route) : route.fulfill({ json: answer });
  });
};
