import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { type CheckLine, checkLines, spentWords } from '../../../gui/landing/model/check-lines.ts';
import { messageOf, partsOfMessage, wayWords } from '../../../gui/landing/model/decided.ts';
import { footWords, type Standing } from '../../../gui/landing/model/foot-words.ts';
import { beadsOf, queueWords } from '../../../gui/landing/model/landing-beads.ts';
import { lastLines } from '../../../gui/landing/model/last-lines.ts';
import { tailOf } from '../../../gui/landing/state/live-output.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what the face of a landing says');

type Ran = NonNullable<CheckLine['last']>;

const ran = (name: string, outcome: Ran['outcome'], at = 0, endedAt: number | null = 4_000): Ran =>
  ({
    kind: 'check',
    name,
    command: `npm run ${name}`,
    commandId: `${name}-${at}`,
    outcome,
    at,
    endedAt,
    attempt: 1,
  }) as Ran;

const offered = (name: string) => ({ name, command: `npm run ${name}`, tries: null });

const standing: Standing = {
  preview: { onto: 'main', blockers: [], foreseen: { base: [], sessions: [] }, checkouts: [], files: 3 },
  lines: [],
  isAtWork: false,
  isOnItsWay: false,
  openComments: 0,
};

const checkout = (lets: boolean): Standing['preview']['checkouts'][number] => ({
  kind: lets ? 'follows' : 'in_the_way',
  lets,
  path: '/code/shop',
  session: null,
  title: 'it is on main',
  more: null,
  command: null,
  files: [],
});

test('nothing in the way: it lands, and how it can be taken back is said before', () => {
  const words = footWords(standing);
  assert.is(words.landing, 'Land');
  assert.is(words.look, 'fine');
  assert.match(words.more, /can be undone until main moves on or is pushed/u);
});

test('a check that fails is named, and what lands all the same says so', () => {
  const lines = checkLines([offered('lint')], [ran('lint', 'failed')]);
  const words = footWords({ ...standing, lines });
  assert.is(words.strong, 'Lint fails.');
  assert.is(words.landing, 'Land all the same');
  assert.is(words.despiteChecks, true);
  assert.is(
    footWords({ ...standing, lines: checkLines([offered('lint')], [ran('lint', 'cancelled')]) }).landing,
    'Land',
  );
});

test('what makes it impossible leaves no button to press: a run, a blocker, nothing to land, a place in the queue', () => {
  const none = [
    footWords({ ...standing, isAtWork: true }),
    footWords({ ...standing, isOnItsWay: true }),
    footWords({ ...standing, preview: { ...standing.preview, files: 0 } }),
    footWords({
      ...standing,
      preview: {
        ...standing.preview,
        blockers: [{ code: 'git.no_identity', words: 'git knows nobody here', hint: null }],
      },
    }),
  ];
  assert.equal(
    none.map(({ landing }) => landing),
    [null, null, null, null],
  );
  assert.is(none[3]?.strong, 'Git knows nobody here.');
});

test('a conflict and a checkout in the way are said before, and can be landed: the queue gives back, or waits', () => {
  const conflict = { ...standing.preview, foreseen: { base: [{ path: 'a', words: null }], sessions: [] } };
  assert.is(footWords({ ...standing, preview: conflict }).strong, '1 file conflicts with main.');
  assert.is(footWords({ ...standing, preview: conflict }).landing, 'Land');
  const blocked = { ...standing.preview, checkouts: [checkout(false)] };
  assert.is(footWords({ ...standing, preview: blocked }).look, 'in-the-way');
  assert.is(footWords({ ...standing, preview: { ...blocked, checkouts: [checkout(true)] } }).look, 'fine');
});

test('checks stand in the order of the repository, each with its last run and how long it took when it ended by itself', () => {
  const lines = checkLines(
    [offered('tests'), offered('lint')],
    [
      ran('lint', 'passed', 0, 2_000),
      ran('lint', null, 9_000, null),
      ran('gone', 'failed'),
      ran('other', null, 1, null),
    ],
  );
  assert.equal(
    lines.map(({ name, last, usualMs }) => [name, last === null ? 'never' : last.outcome, usualMs]),
    [
      ['tests', 'never', null],
      ['lint', null, 2_000],
      ['other', null, null],
    ],
  );
});

test('a message in its two parts is the same message again', () => {
  const line = fc.string({ maxLength: 30 }).filter((text) => !text.includes('\n'));
  fc.assert(
    fc.property(line, fc.string({ maxLength: 60 }), (subject, body) => {
      assert.equal(partsOfMessage(messageOf(subject, body)), { subject, body });
    }),
  );
  assert.equal(partsOfMessage('one\ntwo\n'), { subject: 'one', body: 'two\n' });
});

test('each way says what it would leave on the branch', () => {
  const preview = { commits: 2, uncommitted: 0, onto: 'main' };
  assert.is(wayWords('squash', preview, 3), '1 commit on main, from 3 runs');
  assert.is(wayWords('rebase', { ...preview, uncommitted: 0 }, 3), '2 commits, on top of main');
  assert.is(wayWords('merge', { ...preview, uncommitted: 3 }, 3), '3 commits and 1 merge commit');
});

test('how far it has come is three beads; what was given back says why', () => {
  assert.equal(
    beadsOf('checking', null).map(({ word }) => word),
    ['Rebased', 'Checking', 'Land'],
  );
  assert.equal(beadsOf('returned', 'conflict')[0], { word: 'Conflict', state: 'stuck' });
  assert.equal(beadsOf('returned', 'checks')[1], { word: 'Fails', state: 'failed' });
  assert.is(
    queueWords(['landed', 'checking', 'queued', 'returned']),
    '4 sessions: 1 landed, 2 on their way, 1 given back',
  );
  assert.is(queueWords(['checking']), '1 session: 1 on its way');
});

test('[law 12] what a command says is kept by its end, and shown by its last lines', () => {
  const long = tailOf('x'.repeat(20_000), 'the end');
  assert.is(long.length, 16_000);
  assert.ok(long.endsWith('the end'));
  assert.equal(lastLines('one\ntwo\nthree\n\n', 2), { text: 'two\nthree', above: 1 });
  assert.is(spentWords(125_000), '2 min 5 s');
});

test.run();
