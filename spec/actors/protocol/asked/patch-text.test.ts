import { equal, is } from 'uvu/assert';
import { patchIn, patchLines } from '../../../../actors/protocol/asked/patch-text.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('a patch in the text of an input');

const lines = [
  'Index: /w/a.sql',
  '======',
  '--- /w/a.sql',
  '+++ /w/a.sql',
  '@@ -1,3 +1,3 @@',
  ' one',
  '--- two',
  '+++ 2',
];
const patch = [...lines, ' three', '\\ No newline at end of file', ''].join('\n');

test('it is found in the fields that agents send it in, and the rest of the input stays', () => {
  for (const field of ['diff', 'patch', 'patchText']) {
    equal(patchIn({ filepath: '/w/a.sql', [field]: patch }), { field, patch, rest: { filepath: '/w/a.sql' } });
  }
  is(patchIn({ diff: 'no patch at all' }), null);
  is(patchIn({ diff: 7 }), null);
  is(patchIn(patch), null);
  is(patchIn(null), null);
});

test('[law 18] a line that looks like the name of a file is shown as what it does', () => {
  equal(
    patchLines(patch).map(({ kind }) => kind),
    ['file', 'file', 'file', 'file', 'place', 'around', 'removed', 'added', 'around', 'around'],
  );
  const models = ['*** Begin Patch', '*** Update File: a.txt', '@@', ' one', '--- two', '+three', '*** End Patch'];
  equal(
    patchLines(models.join('\n')).map(({ kind }) => kind),
    ['file', 'file', 'place', 'around', 'removed', 'added', 'file'],
  );
});

test('[law 18] whatever a patch says of itself, each of its lines is there', () => {
  const lying = ['@@ -1 +1 @@', '-a', '+b', '+c', '-d', '@@ -0,0 +1,9 @@', '+e'].join('\n');
  equal(
    patchLines(lying).map(({ text }) => text),
    lying.split('\n'),
  );
  equal(
    patchLines(lying).map(({ kind }) => kind),
    ['place', 'removed', 'added', 'added', 'removed', 'place', 'added'],
  );
});

test.run();
