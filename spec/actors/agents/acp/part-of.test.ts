import { createHash } from 'node:crypto';
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import { partOf } from '../../../../actors/agents/acp/part-of.ts';
import { contentPart } from '../../../../actors/protocol/facts/content-part.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('parts of content');

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

test('every block of the protocol is a part of its kind', () => {
  const bytes = Buffer.from('picture');
  const data = bytes.toString('base64');
  const stored = { bytes: 7, sha256: sha256(bytes), data };
  const cases: readonly (readonly [block: unknown, part: unknown])[] = [
    [
      { type: 'text', text: 'a' },
      { type: 'text', text: { text: 'a' } },
    ],
    [
      { type: 'image', mimeType: 'image/png', data },
      { type: 'image', mimeType: 'image/png', ...stored },
    ],
    [
      { type: 'audio', mimeType: 'audio/wav', data, annotations: {} },
      { type: 'audio', mimeType: 'audio/wav', ...stored },
    ],
    [
      { type: 'resource_link', uri: 'file:///a', name: 'A', size: 3 },
      { type: 'link', uri: 'file:///a', name: 'A', bytes: 3 },
    ],
    [
      { type: 'resource', resource: { uri: 'file:///a', mimeType: 'text/plain', text: 'in it' } },
      { type: 'resource', uri: 'file:///a', mimeType: 'text/plain', text: { text: 'in it' } },
    ],
    [
      { type: 'resource', resource: { uri: 'file:///a', blob: data } },
      { type: 'resource', uri: 'file:///a', ...stored },
    ],
    [
      { type: 'hologram', depth: 3 },
      { type: 'unknown', name: 'hologram', value: { type: 'hologram', depth: 3 } },
    ],
    ['bare', { type: 'unknown', name: 'unnamed', value: 'bare' }],
    [null, null],
  ];
  for (const [block, part] of cases) assert.equal(partOf(block, 1_000), part);
});

test('an odd field costs itself, a block without what it needs is kept as it came', () => {
  assert.equal(JSON.parse(JSON.stringify(partOf({ type: 'resource_link', uri: 'u', name: 7, size: 'big' }, 1_000))), {
    type: 'link',
    uri: 'u',
  });
  for (const block of [
    { type: 'image' },
    { type: 'image', data: 'no base64!' },
    { type: 'image', data: 'AAAAA' },
    { type: 'resource', resource: { text: 'nowhere' } },
    { type: 'resource', resource: { uri: 'u', blob: '§' } },
    { type: 'text', text: 5 },
  ]) {
    assert.equal(partOf(block, 1_000), { type: 'unknown', name: block.type, value: block });
  }
});

test('base64 without its padding is as good', () => {
  const part = partOf({ type: 'image', data: 'UklGRg' }, 1_000);
  assert.ok(part?.type === 'image');
  assert.is(part.bytes, 4);
  assert.is(part.sha256, sha256('RIFF'));
});

test('[law 17] what is too large is known by its size and hash, and every part is bounded', () => {
  const bytes = Buffer.alloc(24 * 1024 * 1024, 'abc');
  const image = partOf({ type: 'image', mimeType: 'image/png', data: bytes.toString('base64') }, 1_000);
  assert.equal(image, { type: 'image', mimeType: 'image/png', bytes: bytes.byteLength, sha256: sha256(bytes) });
  const giant = 'x'.repeat(1_000_000);
  for (const block of [
    { type: 'text', text: giant },
    { type: 'resource_link', uri: giant, name: giant, title: giant, description: giant, mimeType: giant },
    { type: 'resource', resource: { uri: giant, text: giant, mimeType: giant } },
    { type: giant, giant },
    { type: 'image', data: giant, uri: giant, mimeType: giant },
  ]) {
    assert.ok(JSON.stringify(partOf(block, 1_000)).length < 20_000, block.type.slice(0, 20));
  }
});

test('whatever an agent sends, its part is one that the log knows', () => {
  const block = fc.object({
    key: fc.constantFrom('type', 'text', 'data', 'mimeType', 'uri', 'resource', 'blob', 'name', 'size'),
    values: [
      fc.string(),
      fc.constantFrom('text', 'image', 'audio', 'resource', 'resource_link', 'AAAA', null, 5, true),
    ],
    maxDepth: 2,
  });
  fc.assert(
    fc.property(block, (given) => {
      const part = JSON.parse(JSON.stringify(partOf(given, 100)));
      const parsed = contentPart.parse(part);
      assert.is(parsed.type, part.type);
    }),
    { numRuns: 1_000 },
  );
});

test.run();
