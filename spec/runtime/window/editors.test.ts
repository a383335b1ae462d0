import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { equal, is } from 'uvu/assert';
import { editorCommand } from '../../../runtime/window/editors.ts';
import { suite } from '../../support/suite.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const test = suite('the person’s editor');

/** A folder on PATH with programs of these names, none of which is ever run. */
const pathWith = (...names: readonly string[]): string => {
  const folder = join(temporaryFolder('editors'), 'bin');
  mkdirSync(folder);
  for (const name of names) writeFileSync(join(folder, name), '#!/bin/false\n', { mode: 0o755 });
  return folder;
};

const place = { path: '/work/tree/a b; rm -rf $HOME.ts', line: 12 };

const words = (...given: Parameters<typeof editorCommand>): readonly string[] | null => {
  const found = editorCommand(...given);
  return found === null ? null : [found.program.split('/').at(-1) ?? '', ...found.words];
};

test('what the settings name goes before $VISUAL, and that before what is installed', () => {
  const PATH = pathWith('mine', 'subl', 'code', 'zed');
  equal(words('mine', place, { PATH, VISUAL: 'subl' }), ['mine', place.path]);
  equal(words(undefined, place, { PATH, VISUAL: 'subl -n' }), ['subl', '-n', `${place.path}:12`]);
  equal(words(undefined, place, { PATH }), ['code', '--goto', `${place.path}:12`]);
  equal(words(undefined, place, { PATH: pathWith('zed') }), ['zed', `${place.path}:12`]);
  is(words(undefined, place, { PATH: pathWith() }), null);
  is(words('none', place, { PATH }), null, 'what is set and not there is not replaced by another');
});

test('path and line stand where the settings say, as they are', () => {
  const PATH = pathWith('mine');
  equal(words(['mine', '--at={line}', '--', '{path}'], place, { PATH }), ['mine', '--at=12', '--', place.path]);
  const odd = { path: '/work/{line}{path}$&.ts', line: 3 };
  equal(words(['mine', '{path}#{line}'], odd, { PATH }), ['mine', `${odd.path}#3`]);
});

test('$VISUAL is read by its words, never by a shell; one that needs a terminal is passed over', () => {
  const PATH = pathWith('my editor', 'vim', 'gvim', 'emacs');
  const bin = PATH;
  equal(words(undefined, place, { PATH, VISUAL: `"${bin}/my editor" --wait; touch x` }), [
    'my editor',
    '--wait;',
    'touch',
    'x',
    place.path,
  ]);
  equal(words(undefined, place, { PATH, VISUAL: 'vim' }), ['gvim', '+12', place.path]);
  equal(words(undefined, place, { PATH, VISUAL: 'emacs -nw' }), ['gvim', '+12', place.path]);
  equal(words(undefined, place, { PATH, VISUAL: '   ' }), ['gvim', '+12', place.path]);
  // Not one of the folder that the runtime was started in.
  is(words(undefined, place, { PATH: '.:bin', VISUAL: './evil' }), null);
});

test('a path that looks as if a line followed goes without one', () => {
  const PATH = pathWith('code');
  equal(words(undefined, { path: '/work/a:3', line: 9 }, { PATH }), ['code', '--goto', '/work/a:3']);
  equal(words(undefined, { path: '/work/a:3:b.ts', line: 9 }, { PATH }), ['code', '--goto', '/work/a:3:b.ts']);
});

test.run();
