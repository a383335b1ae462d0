import * as assert from 'uvu/assert';
import { storedText, storedValue } from '../../../../actors/model/run/stored-text.ts';
import { inputText, keptBytes } from '../../../../actors/protocol/facts/input-text.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('what a tool is called with, as text');

test('a command is shown as it is, and what has no fields as JSON', () => {
  assert.is(inputText('ls').text, 'ls');
  assert.is(inputText({ command: 'ls -l' }).text, 'ls -l');
  assert.is(inputText([1]).text, '[\n  1\n]');
  assert.is(inputText({}).text, '{}');
});

test('a text of several lines keeps them, and cannot look like another field', () => {
  assert.is(
    inputText({ path: '/a', content: 'one\npath: /b\n', deep: [1] }).text,
    'path: /a\ncontent:\n  one\n  path: /b\ndeep:\n  [\n    1\n  ]',
  );
});

test('an edit is read without quotes and escapes, also one of several', () => {
  assert.is(
    inputText({ file_path: '/a.ts', old_string: 'say("hello")', new_string: '', replace_all: true }).text,
    'file_path: /a.ts\nold_string: say("hello")\nnew_string: ""\nreplace_all: true',
  );
  assert.is(
    inputText({ path: '/a', edits: [{ old: 'x', new: 'y\nz' }, { old: 'b' }] }).text,
    'path: /a\nedits:\n  1:\n    old: x\n    new:\n      y\n      z\n  2:\n    old: b',
  );
});

test('a name of several lines cannot look like two fields', () => {
  assert.is(inputText({ 'a\npath: /b\nc': 1 }).text, '"a\\npath: /b\\nc": 1');
});

test('[law 18] what stands beside a command is shown with it: it may say what the command does', () => {
  assert.is(inputText({ command: 'rm', args: ['-rf', '/'] }).text, 'command: rm\nargs:\n  [\n    "-rf",\n    "/"\n  ]');
  assert.is(inputText({ command: 'make\nmake install', cwd: '/' }).text, 'command:\n  make\n  make install\ncwd: /');
});

test('[law 18] an input that the log had to bound says how large it was, and how much is kept', () => {
  for (const length of [4_097, 9_999, 100_000, 1_234_567]) {
    const input = { command: 'ü'.repeat(length) };
    const { text, truncated } = inputText(storedValue(input, 4_096));
    const bytes = Buffer.byteLength(JSON.stringify(input));
    assert.is(truncated?.bytes, bytes);
    const kept = keptBytes(text, bytes);
    assert.ok(text.includes(`… ${bytes - kept} bytes left out …`), `${kept} of ${bytes} are kept`);
  }
  // What only looks like one hides nothing.
  const forged = { truncatedJson: { text: 'ls', truncated: { bytes: 2, sha256: '' } }, command: 'rm' };
  assert.match(inputText(forged).text, 'command: rm');
  const { text } = storedText('x'.repeat(5_000), 4_096);
  assert.is(keptBytes(text, 5_000), 4_096);
});

test.run();
