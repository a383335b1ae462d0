import * as assert from 'uvu/assert';
import { inputText } from '../../../gui/session/model/input-text.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what a tool is called with, as text');

test('a command is shown as it is, and what is short as JSON', () => {
  assert.is(inputText('ls'), 'ls');
  assert.is(inputText({ command: 'ls -l', description: 'x' }), 'ls -l');
  assert.is(inputText({ path: '/a' }), '{\n  "path": "/a"\n}');
});

test('a text of several lines keeps them, and cannot look like another field', () => {
  assert.is(
    inputText({ path: '/a', content: 'one\npath: /b\n', deep: [1] }),
    'path: /a\ncontent:\n  one\n  path: /b\ndeep:\n  [\n    1\n  ]',
  );
});

test.run();
