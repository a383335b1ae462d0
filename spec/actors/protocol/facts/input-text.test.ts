import * as assert from 'uvu/assert';
import { inputText } from '../../../gui/session/model/input-text.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('what a tool is called with, as text');

test('a command is shown as it is, and what has no fields as JSON', () => {
  assert.is(inputText('ls'), 'ls');
  assert.is(inputText({ command: 'ls -l', description: 'x' }), 'ls -l');
  assert.is(inputText([1]), '[\n  1\n]');
  assert.is(inputText({}), '{}');
});

test('a text of several lines keeps them, and cannot look like another field', () => {
  assert.is(
    inputText({ path: '/a', content: 'one\npath: /b\n', deep: [1] }),
    'path: /a\ncontent:\n  one\n  path: /b\ndeep:\n  [\n    1\n  ]',
  );
});

test('an edit is read without quotes and escapes, also one of several', () => {
  assert.is(
    inputText({ file_path: '/a.ts', old_string: 'say("hello")', new_string: '', replace_all: true }),
    'file_path: /a.ts\nold_string: say("hello")\nnew_string: ""\nreplace_all: true',
  );
  assert.is(
    inputText({ path: '/a', edits: [{ old: 'x', new: 'y\nz' }, { old: 'b' }] }),
    'path: /a\nedits:\n  1:\n    old: x\n    new:\n      y\n      z\n  2:\n    old: b',
  );
});

test('a name of several lines cannot look like two fields', () => {
  assert.is(inputText({ 'a\npath: /b\nc': 1 }), '"a\\npath: /b\\nc": 1');
});

test.run();
