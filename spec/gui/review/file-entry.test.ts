import { effect, signal } from '@preact/signals';
import * as assert from 'uvu/assert';
import type { ReviewFile } from '../../../actors/protocol/gateway/review-routes.ts';
import { createFileEntry, type TextMetrics } from '../../../gui/review/state/file-entry.ts';
import { suite } from '../../support/suite.ts';

const test = suite('one file of a review');

const lines = 5_000;
const file: ReviewFile = {
  path: 'large.txt',
  kind: 'added',
  oldMode: '000000',
  newMode: '100644',
  oldBlob: null,
  newBlob: '1'.repeat(40),
  additions: lines,
  deletions: 0,
  picture: false,
  comments: 0,
  viewed: 'no',
};
const patch = [
  ...['diff --git a/large.txt b/large.txt', 'new file mode 100644', '--- /dev/null', '+++ b/large.txt'],
  `@@ -0,0 +1,${lines} @@`,
  ...Array.from({ length: lines }, (_, index) => `+line ${index + 1}`),
  '',
].join('\n');

const entryOf = (answer: { readonly cut: boolean }, metrics = signal<TextMetrics>(drawnWith)) =>
  createFileEntry(file, {
    layout: signal('unified'),
    metrics,
    hung: signal(new Map()),
    fetchPatch: async () => ({ text: patch, tooLarge: false, binary: false, ...answer }),
    colourText: async () => null,
  });

const drawnWith: TextMetrics = { rem: 16, lineHeight: 18, room: 100, roomBeside: 50 };

test('a row that turns out higher moves those below it, and no other is looked at anew', async () => {
  const metrics = signal(drawnWith);
  const entry = entryOf({ cut: false }, metrics);
  await entry.load();
  const ends: number[] = [];
  const stop = effect(() => {
    ends.push(entry.offsets.value.at(-1) ?? 0);
  });
  let looked = 0;
  for (const row of entry.rows.value) {
    const { key } = row;
    Object.defineProperty(row, 'key', {
      get: () => {
        looked += 1;
        return key;
      },
    });
  }
  entry.measure(new Map([[10, 36]]));
  assert.equal(ends, [lines * 18, lines * 18 + 18]);
  assert.is(looked, 1);
  stop();
  entry.close();
});

test('that changes are cut is said below them', async () => {
  const entry = entryOf({ cut: true });
  await entry.load();
  const last = entry.rows.value.at(-1);
  assert.is(last?.kind === 'note' && last.text, 'There is more: the changes are too long to be shown whole');
  entry.close();
});

test.run();
