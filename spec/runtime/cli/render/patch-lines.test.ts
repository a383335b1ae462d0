import picocolors from 'picocolors';
import { match, not, ok } from 'uvu/assert';
import { parseUnifiedDiff } from '../../../../actors/model/review/unified-diff.ts';
import type { PlacedComment, ReviewFile, ReviewFiles } from '../../../../actors/protocol/gateway/review-routes.ts';
import { colourless } from '../../../../runtime/cli/invocation/terminal.ts';
import { patchLines } from '../../../../runtime/cli/render/patch-lines.ts';
import { reviewTable } from '../../../../runtime/cli/render/review-table.ts';
import { displayWidth } from '../../../../runtime/cli/text/display-width.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('a patch at a terminal');

const patch = [
  'diff --git a/a.ts b/a.ts',
  '--- a/a.ts',
  '+++ b/a.ts',
  '@@ -3,3 +3,3 @@',
  ' before',
  `-const size = 1; // ${'long '.repeat(30)}`,
  `+const width = 1; // ${'long '.repeat(30)}`,
  ' \u001b[2J\u001b]0;owned\u0007after\r',
  '',
].join('\n');

const comment: PlacedComment = {
  commentId: '01890a5d-ac96-774b-bcce-b302099a8061',
  path: 'a.ts',
  side: 'after',
  from: 4,
  to: 4,
  quote: '',
  text: 'Why \u001b[31mwidth?',
  tree: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  snapshot: null,
  at: 0,
  state: 'open',
  sentWith: null,
  answeredIn: null,
  pathNow: 'a.ts',
  lines: { from: 4, to: 4 },
  changed: false,
  nearest: null,
};

const drawn = (columns: number, colours = colourless): string => {
  const [file] = parseUnifiedDiff(patch);
  ok(file);
  return patchLines(file, [comment], { columns, colours });
};

test('words that changed are marked, what was folded is counted, comments stand below their lines', () => {
  const coloured = drawn(120, picocolors.createColors(true));
  ok(coloured.includes('\u001b[4msize\u001b[24m'));
  ok(coloured.includes('\u001b[4mwidth\u001b[24m'));
  const plain = drawn(120);
  match(plain, /^ +⋯ 2 unchanged lines\n +3 +3 {3}before\n +4 {5}− const size/);
  match(plain, /┌ 4 · open, not sent yet · \d\d:\d\d\n +│ Why width\?\n +└ 01890a5d-ac96\n +5 +5 {3}after␍\n$/);
});

test('no line is wider than the terminal, and nothing in it moves the cursor', () => {
  for (const columns of [60, 80, 120]) {
    const text = drawn(columns);
    for (const line of text.split('\n')) ok(displayWidth(line) <= columns, line);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    not.match(text, /[\u0000-\u0009\u000b-\u001f]/);
  }
});

const file: ReviewFile = {
  path: `src/${'very/'.repeat(20)}deep/limiter.ts`,
  previousPath: 'src/old.ts',
  kind: 'renamed',
  similarity: 91,
  oldMode: '100644',
  newMode: '100644',
  oldBlob: null,
  newBlob: null,
  additions: 12,
  deletions: 3,
  picture: false,
  comments: 1,
  viewed: 'changed',
};

test('the table is as wide as the terminal at most, and says less where there is less room', () => {
  const end = { tree: comment.tree, snapshot: 1, at: 0 };
  const review: ReviewFiles = {
    range: 'run:1',
    run: 1,
    from: comment.tree,
    to: comment.tree,
    fromEnd: end,
    toEnd: end,
    base: null,
    files: [file, { ...file, path: 'README.md', viewed: 'yes', kind: 'modified' }],
    cut: false,
    behind: 0,
    ahead: 1,
    branch: 'one',
  };
  const of = (columns: number) =>
    reviewTable(review, [{ ...comment, pathNow: 'README.md' }], { columns, colours: colourless });
  for (const columns of [50, 60, 80, 100, 120]) {
    for (const line of of(columns).split('\n')) ok(displayWidth(line) <= columns, `${columns}: ${line}`);
  }
  match(
    of(120),
    /^ +FILE +CHANGE +LINES +COMMENTS\n◐ {2}….+deep\/limiter\.ts +renamed from src\/old\.ts, 91 % +\+12 −3/,
  );
  match(of(120), '1 open');
  match(of(70), /\n {3}1 open\n/);
  match(of(50), /◐ {2}….+ +renamed +\+12 −3\n/);
  match(of(50), /✓ {2}README\.md +changed +\+12 −3\n/);
});

test.run();
