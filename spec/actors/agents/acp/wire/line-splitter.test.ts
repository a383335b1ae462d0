import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { createLineSplitter, type Line } from '../../../../../actors/agents/acp/wire/line-splitter.ts';
import { suite } from '../../../../support/suite.ts';

const test = suite('line splitter');

const split = (pieces: readonly Uint8Array[], maxLineBytes = 1_000): readonly Line[] => {
  const splitter = createLineSplitter(maxLineBytes);
  const lines = pieces.flatMap((piece) => splitter.push(piece));
  const last = splitter.finish();
  return last === null ? lines : [...lines, last];
};
const texts = (text: string): readonly string[] =>
  split([Buffer.from(text)]).map((line) => (line.kind === 'line' ? line.text : 'oversize'));

test('any cut of any bytes gives the same lines', () => {
  const byte = fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x20, 0xe2, 0x82, 0xac, 0xff), fc.nat({ max: 255 }));
  fc.assert(
    fc.property(
      fc.array(byte, { maxLength: 200 }),
      fc.array(fc.nat({ max: 200 }), { maxLength: 20 }),
      fc.constantFrom(3, 8, 40, 1_000),
      (values, cuts, maxLineBytes) => {
        const bytes = Uint8Array.from(values);
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].sort((a, b) => a - b);
        const pieces = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        assert.equal(split(pieces, maxLineBytes), split([bytes], maxLineBytes));
      },
    ),
    { numRuns: 500 },
  );
});

test('a character cut by two pieces is whole', () => {
  const bytes = Buffer.from('a€😀b\n');
  for (let cut = 1; cut < bytes.length; cut += 1) {
    assert.equal(split([bytes.subarray(0, cut), bytes.subarray(cut)]), [{ kind: 'line', text: 'a€😀b' }]);
  }
});

test('a line ends with LF, and a CR before it does not belong to it', () => {
  assert.equal(texts('one\r\ntwo\nthr\ree'), ['one', 'two', 'thr\ree']);
});

test('other separators of Unicode do not end a line', () => {
  assert.equal(texts('{"a":"\u2028\u2029\u0085"}\n'), ['{"a":"\u2028\u2029\u0085"}']);
});

test('empty lines are no lines', () => {
  assert.equal(texts('\n \r\n\t\n{}\n\n'), ['{}']);
});

test('bytes that are no UTF-8 become U+FFFD and lose nothing around them', () => {
  const [line] = split([Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a])]);
  assert.equal(line, { kind: 'line', text: 'a\ufffd\ufffdb' });
});

test('a line beyond the bound keeps its beginning and its size, and the next is read as usual', () => {
  const long = 'x'.repeat(5_000);
  const lines = split([Buffer.from(`one\n${long}\ntwo\n`)], 3_000);
  assert.equal(lines, [
    { kind: 'line', text: 'one' },
    { kind: 'oversize', head: 'x'.repeat(2_048), bytes: 5_000 },
    { kind: 'line', text: 'two' },
  ]);
});

test('a line that is exactly at the bound is a line', () => {
  assert.is(split([Buffer.from('12345\n')], 5)[0]?.kind, 'line');
  assert.is(split([Buffer.from('123456\n')], 5)[0]?.kind, 'oversize');
});

test('a last line without its end is given at the end, be it too long or not', () => {
  assert.equal(split([Buffer.from('one\ntwo')]), [
    { kind: 'line', text: 'one' },
    { kind: 'line', text: 'two' },
  ]);
  assert.is(split([Buffer.from('x'.repeat(20))], 10)[0]?.kind, 'oversize');
  assert.equal(split([]), []);
});

test.run();
