import { createHash } from 'node:crypto';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createBoundedText } from '../../../../actors/model/run/bounded-text.ts';
import { storedText, storedValue } from '../../../../actors/model/run/stored-text.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('stored text');

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 100 }),
  // Lone halves of characters, as a cut in the wrong place leaves them.
  fc.array(fc.constantFrom('\ud83d', '\ude00', 'a', '€'), { maxLength: 60 }).map((units) => units.join('')),
);

test('a text within its bound is kept as it is, to the byte', () => {
  assert.equal(storedText('€'.repeat(10), 30), { text: '€'.repeat(10) });
  assert.ok(storedText('€'.repeat(10), 29).truncated);
  assert.equal(storedText('', 0), { text: '' });
});

test('[law 17] a longer one keeps head and tail, and says what is missing of how much', () => {
  const { text, truncated } = storedText('x'.repeat(1_000), 100);
  assert.is(text, `${'x'.repeat(75)}\n… 900 bytes left out …\n${'x'.repeat(25)}`);
  assert.equal(truncated, { bytes: 1_000, sha256: createHash('sha256').update('x'.repeat(1_000)).digest('hex') });
});

test('no cut goes through a character, and head and tail are those of the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.integer({ min: 4, max: 400 }), (text, maxBytes) => {
      const stored = storedText(text, maxBytes);
      if (stored.truncated === undefined) {
        assert.ok(Buffer.byteLength(text) <= maxBytes);
        return;
      }
      const parts = /^(.*)\n… (\d+) bytes left out …\n(.*)$/s.exec(stored.text);
      const [, head = '', left = '', tail = ''] = parts ?? [];
      assert.ok(text.startsWith(head) && text.endsWith(tail), stored.text);
      assert.is(Number(left), Buffer.byteLength(text) - Buffer.byteLength(head) - Buffer.byteLength(tail));
      assert.ok(Buffer.byteLength(head) + Buffer.byteLength(tail) <= maxBytes);
      assert.ok(Buffer.byteLength(head) > maxBytes * 0.75 - 4 - 1, 'as much as fits');
    }),
    { numRuns: 500 },
  );
});

test('a text that grows in pieces is stored as the whole would be', () => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 12 }), fc.integer({ min: 1, max: 200 }), (pieces, maxBytes) => {
      const bounded = createBoundedText(maxBytes);
      let whole = '';
      assert.ok(bounded.isEmpty());
      for (const piece of pieces) {
        bounded.append(piece);
        whole += piece;
        assert.equal(bounded.stored(), storedText(whole, maxBytes));
        assert.is(bounded.isEmpty(), whole === '');
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a value is kept as it is when it is small, and as bounded JSON otherwise', () => {
  const small = { a: [1, 'two', null] };
  assert.is(storedValue(small, 1_000), small);
  const giant = { a: 'x'.repeat(10_000) };
  const stored = storedValue(giant, 1_000) as { truncatedJson: { text: string; truncated?: { bytes: number } } };
  assert.is(stored.truncatedJson.truncated?.bytes, JSON.stringify(giant).length);
  assert.ok(JSON.stringify(stored).length < 1_300);
  assert.is(storedValue(undefined, 10), undefined);
});

test.run();
