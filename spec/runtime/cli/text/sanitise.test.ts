import fc from 'fast-check';
import { equal, is, ok } from 'uvu/assert';
import { jsonLine } from '../../../../runtime/cli/text/json-line.ts';
import { sanitise, sanitiseLine } from '../../../../runtime/cli/text/sanitise.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('what an agent writes is harmless to a terminal');

test('colours, cursor moves and device strings are removed as a whole', () => {
  is(sanitise('a\u001b[31mred\u001b[0m b\u001b[2J\u001b[Hc'), 'ared bc');
  is(sanitise('\u001b]0;your window\u0007title \u001b]52;c;c3RvbGVu\u001b\\clipboard'), 'title clipboard');
  is(sanitise('\u009b31mC1 \u009d0;x\u009cosc \u001bPq#0\u001b\\sixel \u001bcreset'), 'C1 osc sixel reset');
});

test('a sequence cut in two by a stream leaves no control character behind', () => {
  is(sanitise('text\u001b') + sanitise('[31mred'), 'text[31mred');
});

test('line ends and tabs stay, a carriage return cannot overwrite a line', () => {
  is(sanitise('a\tb\r\nc\rd\u2028e\u0008\u0000'), 'a\tb\nc\nd\ne');
});

test('what turns text around or hides in it becomes visible', () => {
  is(sanitise('safe\u202egnp.exe'), 'safe\\u{202e}gnp.exe');
  is(sanitise('a\u200bb\u2066c\ufeffd\u{e0041}'), 'a\\u{200b}b\\u{2066}c\\u{feff}d\\u{e0041}');
});

test('emoji spelt with joiners stay whole, a joiner between letters is shown', () => {
  is(sanitise('👩‍👩‍👧 ❤️‍🔥 👩🏽‍🚀'), '👩‍👩‍👧 ❤️‍🔥 👩🏽‍🚀');
  is(sanitise('pass\u200dword'), 'pass\\u{200d}word');
});

test('one line is one line', () => {
  is(sanitiseLine('  a\n b\u001b[1m\t c\r\n'), 'a b c');
});

test('whatever goes in, nothing comes out that a terminal obeys', () => {
  const hostile = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\u001b', '[', ']', '\u009b', '\u0007', '\u001b\\', '\r', '\n', ';', 'm', '\u202e', '\u200d'),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    ),
  });
  fc.assert(
    fc.property(hostile, (text) => {
      const safe = sanitise(text);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is the point
      ok(!/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u200b\u200c]/u.test(safe));
    }),
  );
});

test('a megabyte made to be slow is not', () => {
  // The processor's time, not the clock's: a busy machine is no fault.
  const before = process.cpuUsage();
  for (const piece of ['\u001b]', '\u009d', '\u001b[', '\u001b[1;', '\n', ' ', '\r', '\u200d', '\u001bP\u001b']) {
    sanitise(`${piece.repeat(1_000_000 / piece.length)}x`);
    sanitiseLine(`${piece.repeat(1_000_000 / piece.length)}x`);
  }
  const { user, system } = process.cpuUsage(before);
  ok((user + system) / 1_000 < 10_000);
});

test('a line of JSON is safe to look at and parses to the same value', () => {
  const value = { text: 'C1 \u009b31m bidi \u202e zero \u200b esc \u001b[31m' };
  const line = jsonLine(value);
  equal(JSON.parse(line), value);
  ok(/^[ -~]+$/u.test(line));
});

test.run();
