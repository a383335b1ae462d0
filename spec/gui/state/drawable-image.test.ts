import * as assert from 'node:assert/strict';
import { drawableImage } from '../../../gui/state/drawable-image.ts';
import { suite } from '../../support/suite.ts';
import { png } from '../browser/support/pictures.ts';

const test = suite('a picture that may be drawn');

const base64 = (...bytes: readonly (number | string)[]): string =>
  Buffer.concat(
    bytes.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from([part]))),
  ).toString('base64');

test('a picture is what its bytes are, with its size: PNG, JPEG, GIF, WebP', () => {
  assert.deepEqual(drawableImage(png(30, 20)), {
    address: `data:image/png;base64,${png(30, 20)}`,
    mimeType: 'image/png',
    width: 30,
    height: 20,
  });
  const jpeg = base64(0xff, 0xd8, 0xff, 0xe0, 0, 4, 'ab', 0xff, 0xc0, 0, 17, 8, 0, 20, 0, 30, 3);
  const gif = base64('GIF89a', 30, 0, 20, 0, 0);
  const webp = base64('RIFF', 0, 0, 0, 0, 'WEBPVP8X', 10, 0, 0, 0, 0, 0, 0, 0, 29, 0, 0, 19, 0, 0);
  for (const [data, mimeType] of [
    [jpeg, 'image/jpeg'],
    [gif, 'image/gif'],
    [webp, 'image/webp'],
  ] as const) {
    const found = drawableImage(data);
    assert.deepEqual([found?.mimeType, found?.width, found?.height], [mimeType, 30, 20]);
  }
});

test('whatever is no such picture is not drawn: an SVG, a page, half a head, base64 with something behind it', () => {
  for (const data of [
    base64('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    base64('<!doctype html><script>alert(1)</script>'),
    png(30, 20).slice(0, 20),
    `${png(30, 20)}" onerror="alert(1)`,
    '',
  ]) {
    assert.equal(drawableImage(data), null);
  }
});

test('a small file that unpacks to more than a window can hold is not drawn, and neither is a huge one', () => {
  const head = Buffer.from(png(1, 1), 'base64');
  head.writeUInt32BE(60_000, 16);
  head.writeUInt32BE(60_000, 20);
  assert.equal(drawableImage(head.toString('base64')), null);
  assert.equal(drawableImage(`iVBORw0KGgo${'A'.repeat(17_000_000)}`), null);
});

test.run();
