import * as assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseUnifiedDiff } from '../../../actors/model/review/unified-diff.ts';
import { ansiPieces, withoutAnsi } from '../../../gui/session/text/ansi.ts';
import { chunksOf, countLines, excerptOf, sizeText } from '../../../gui/session/text/excerpt.ts';
import { lineDiff } from '../../../gui/session/text/line-diff.ts';
import { shortLine, visibleText } from '../../../gui/session/text/visible.ts';
import { suite } from '../../support/suite.ts';

const test = suite('text');
const esc = '\u001b';

test('direction overrides, zero-width characters and controls are made visible', () => {
  assert.equal(visibleText('a\u202eb\u200bc\u0000d\u0007'), 'a\\u{202e}b\\u{200b}c\\u{0}d\\u{7}');
  assert.equal(visibleText('a\u2066b\u{e0041}'), 'a\\u{2066}b\\u{e0041}');
});

test('a family stays a family, a joiner elsewhere does not hide', () => {
  assert.equal(visibleText('👩‍👩‍👧 ❤️'), '👩‍👩‍👧 ❤️');
  assert.equal(visibleText('a\u200db'), 'a\\u{200d}b');
});

test('joiners of Persian and Sinhala and the tags of a flag are shown as written, and hide nothing elsewhere', () => {
  const written = 'می\u200cخواهم ශ්\u200dරී ක්\u200dෂ 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} 🇫🇮';
  assert.equal(visibleText(written), written);
  assert.equal(visibleText('pay\u200cpal \u200cمن'), 'pay\\u{200c}pal \\u{200c}من');
  assert.equal(visibleText('🏴\u{e0067}x\u{e0062}'), '🏴\\u{e0067}x\\u{e0062}');
  assert.equal(visibleText(`🏴${'\u{e0061}'.repeat(7)}\u{e007f}`), `🏴${'\\u{e0061}'.repeat(7)}\\u{e007f}`);
});

test('colours become classes; titles, links and the clipboard are left out', () => {
  assert.deepEqual(ansiPieces(`${esc}[1;31mred${esc}[0m plain`), [
    { text: 'red', classes: 'ansi-red ansi-bold' },
    { text: ' plain', classes: '' },
  ]);
  assert.equal(withoutAnsi(`${esc}]8;;http://evil.example${esc}\\link${esc}]8;;${esc}\\`), 'link');
  assert.equal(withoutAnsi(`${esc}]52;c;ZXZpbA==\u0007x${esc}[2J${esc}[?25l${esc}c`), 'x');
});

test('the colours of 256 and of true colour take their parameters with them', () => {
  assert.deepEqual(ansiPieces(`${esc}[38;5;1ma${esc}[38;2;1;2;31mb`), [{ text: 'ab', classes: '' }]);
});

test('no text of ansi pieces has a control character, whatever came in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(esc, '[', ']', '31m', '\u0007', '\r', '\u009b', '\u202e'), fc.string())),
      (parts) => {
        const text = ansiPieces(parts.join(''))
          .map((piece) => piece.text)
          .join('');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: this is what must not be there
        assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u200b]/u);
      },
    ),
  );
});

test('a line that was written over reads as it was last', () => {
  assert.equal(withoutAnsi('10 %\r50 %\r100 %\ndone\r\n'), '100 %\ndone\n');
});

test('an excerpt has the beginning and the end, and says what is between', () => {
  const text = Array.from({ length: 1000 }, (_, at) => `line ${at}\n`).join('');
  const excerpt = excerptOf(text, { headLines: 3, tailLines: 2, characters: 10_000 });
  assert.equal(excerpt.head, 'line 0\nline 1\nline 2\n');
  assert.equal(excerpt.tail, 'line 998\nline 999\n');
  assert.equal(excerpt.hiddenLines, 995);
});

test('an excerpt is never longer than its bound, and with what is hidden it is the whole', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 60 }), { maxLength: 40 }),
      fc.nat(5),
      fc.nat(5),
      fc.nat(80),
      (lines, headLines, tailLines, characters) => {
        const text = lines.join('\n');
        const excerpt = excerptOf(text, { headLines, tailLines, characters });
        assert.equal(excerpt.head.length + excerpt.tail.length + excerpt.hiddenCharacters, text.length);
        assert.ok(text.startsWith(excerpt.head) && text.endsWith(excerpt.tail));
        if (excerpt.hiddenCharacters > 0)
          assert.ok(excerpt.head.length <= characters && excerpt.tail.length <= characters);
      },
    ),
  );
});

test('of fifty megabytes in one line only the two ends are shown, and what is hidden is counted', () => {
  const text = 'x'.repeat(50_000_000);
  const { head, tail, hiddenLines, hiddenCharacters } = excerptOf(text, {
    headLines: 20,
    tailLines: 10,
    characters: 4000,
  });
  assert.deepEqual([head.length, tail.length, hiddenLines, hiddenCharacters], [4000, 4000, 1, 49_992_000]);
  assert.equal(shortLine(text, 200).length, 200);
  assert.equal(countLines(text), 1);
});

test('chunks are the text', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 9 }), (text, size) => {
      assert.equal(chunksOf(text, size).join(''), text);
    }),
  );
});

test('sizes are in words', () => {
  assert.deepEqual([sizeText(12), sizeText(3400), sizeText(52_400_000)], ['12 bytes', '3.4 kB', '52.4 MB']);
});

/** What a diff says the text after it is. */
const applied = (before: string, after: string): string => {
  const { hunks } = lineDiff(before, after);
  const lines = before === '' ? [] : before.split('\n');
  const out: string[] = [];
  let from = 0;
  for (const hunk of hunks) {
    const first = hunk.lines.find((line) => line.before !== null)?.before;
    const at = first === undefined || first === null ? from : first - 1;
    out.push(...lines.slice(from, at));
    from = at;
    for (const line of hunk.lines) {
      if (line.kind !== 'removed') out.push(line.text);
      if (line.kind !== 'added') {
        assert.equal(lines[from], line.text);
        from += 1;
      }
    }
  }
  return [...out, ...lines.slice(from)].join('\n');
};

test('a diff of lines leads from one text to the other, by numbers that are right', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 40 })
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => assert.equal(applied(before, after), after)),
    { numRuns: 500 },
  );
});

test('a diff is as short as can be where it matters', () => {
  const diff = lineDiff('a\nb\nc\nd\ne\n', 'a\nb\nX\nd\ne\nf\n');
  assert.deepEqual([diff.added, diff.removed, diff.hunks.length], [2, 1, 1]);
  assert.equal(diff.hunks[0]?.heading, '@@ -1,5 +1,6 @@');
  assert.deepEqual(lineDiff('same\n', 'same\n').hunks, []);
});

test('two changes far apart are two hunks', () => {
  const before = Array.from({ length: 60 }, (_, at) => `line ${at}`);
  const after = before.with(2, 'X').with(50, 'Y');
  assert.equal(lineDiff(before.join('\n'), after.join('\n')).hunks.length, 2);
});

test('two texts that have nothing in common do not freeze the window', () => {
  const lines = (name: string) => Array.from({ length: 20_000 }, (_, at) => `${name} ${at}`).join('\n');
  const started = performance.now();
  const diff = lineDiff(lines('a'), lines('b'));
  assert.equal(diff.added + diff.removed, 40_000);
  assert.ok(performance.now() - started < 2000);
});

test("git's diff is read into files with their lines and numbers", () => {
  const text = [
    'diff --git a/src/a.ts b/src/a.ts',
    'index 1..2 100644',
    '--- a/src/a.ts',
    '+++ b/src/a.ts',
    '@@ -1,2 +1,3 @@ export',
    ' one',
    '-two',
    '+zwei',
    '+drei',
    '\\ No newline at end of file',
    'diff --git a/gone b/gone',
    'deleted file mode 100644',
    '--- a/gone',
    '+++ /dev/null',
    '@@ -1 +0,0 @@',
    '--- a line that looks like a heading',
    'diff --git a/old name b/new name',
    'similarity index 90%',
    'rename from old name',
    'rename to new name',
    'diff --git a/pic.png b/pic.png',
    'Binary files a/pic.png and b/pic.png differ',
    'diff --git "a/\\303\\244.txt" "b/\\303\\244.txt"',
    'new file mode 100644',
    '--- /dev/null',
    '+++ "b/\\303\\244.txt"',
    '@@ -0,0 +1 @@',
    '+x',
    '',
  ].join('\n');
  const files = parseUnifiedDiff(text);
  assert.deepEqual(
    files.map(({ path, change, added, removed, binary }) => [path, change, added, removed, binary]),
    [
      ['src/a.ts', 'modified', 2, 1, false],
      ['gone', 'deleted', 0, 1, false],
      ['new name', 'renamed', 0, 0, false],
      ['pic.png', 'modified', 0, 0, true],
      ['ä.txt', 'added', 1, 0, false],
    ],
  );
  assert.deepEqual(files[0]?.hunks[0]?.lines[2], { kind: 'added', text: 'zwei', before: null, after: 2 });
  assert.deepEqual(parseUnifiedDiff(''), []);
});

test.run();
