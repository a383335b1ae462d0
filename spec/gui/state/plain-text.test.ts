import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { marked } from '../../../gui/state/marked.ts';
import { plainLine, plainText } from '../../../gui/state/plain-text.ts';
import { suite } from '../../support/suite.ts';

const test = suite('plain text');

test('terminal sequences, controls and overrides of direction are taken out', () => {
  assert.is(plainText('\u001b[31mred\u001b[0m'), 'red');
  assert.is(plainText('\u001b]0;title\u0007shown'), 'shown');
  assert.is(plainText('a\u0000b\u0007c\u009bd'), 'abcd');
  assert.is(plainText('invoice\u202efdp.exe'), 'invoicefdp.exe');
  assert.is(plainText('pay\u200bpal\u2066'), 'paypal');
});

test('what languages and emoji need stays', () => {
  const family = '👨\u200d👩\u200d👧';
  assert.is(plainText(`שלום مرحبا ${family} n\u0303`), `שלום مرحبا ${family} n\u0303`);
  assert.is(plainText('tab\tand\nline'), 'tab\tand\nline');
});

test('the flag of a country in a country stays, and tags that spell something else go', () => {
  const flag = '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}';
  assert.is(plainText(`${flag} a\u{e0061}b`), `${flag} ab`);
});

test('lines end in one way, and a line has none', () => {
  assert.is(plainText('a\r\nb\rc'), 'a\nb\nc');
  assert.is(plainLine('  a\r\n\t b\u2028c  '), 'a b c');
});

test('whatever comes in, nothing that steers a display comes out, and cleaning twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const plain = plainText(text);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      assert.not.match(plain, /[\u202a-\u202e\u2066-\u2069\u0000-\u0008\u001b\u007f-\u009f]/u);
      assert.is(plainText(plain), plain);
    }),
  );
});

test('places of a search mark what they meant, also around what is taken out', () => {
  assert.equal(marked('say \u202ehello\u202c now', [[5, 10]]), [
    { text: 'say ', isMatch: false },
    { text: 'hello', isMatch: true },
    { text: ' now', isMatch: false },
  ]);
});

test('places outside of a text, overlapping or in disorder lose nothing of it', () => {
  const place = fc.tuple(fc.nat(40), fc.nat(40));
  fc.assert(
    fc.property(fc.string({ maxLength: 30 }), fc.array(place, { maxLength: 6 }), (text, places) => {
      const whole = marked(text, places);
      // ASCII controls aside, the parts are the text.
      if (plainText(text) === text) assert.is(whole.map((part) => part.text).join(''), text);
    }),
  );
});

test.run();
