import * as assert from 'node:assert/strict';
import { completableAt, completed, matchingCommands, spokenPaths } from '../../../gui/session/model/completion.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what of a prompt can be completed');

test('a command stands at the beginning, a path behind a space; an address of mail is neither', () => {
  assert.deepEqual(completableAt('/re', 3), { kind: 'command', typed: 're', from: 0, to: 3 });
  assert.deepEqual(completableAt('see @src/a and', 10), { kind: 'path', typed: 'src/a', from: 4, to: 10 });
  assert.deepEqual(completableAt('@', 1), { kind: 'path', typed: '', from: 0, to: 1 });
  for (const text of ['say /re', 'ada@example', '/re view', 'plain'])
    assert.equal(completableAt(text, text.length), null);
});

test('what is taken stands in place of what was typed, and the caret behind it', () => {
  const path = completableAt('see @sr now', 7);
  assert.ok(path);
  const suggestion = { value: 'src/a.ts', words: null, hint: null };
  assert.deepEqual(completed('see @sr now', path, suggestion), { text: 'see @src/a.ts now', caret: 14 });
});

test('commands that begin so come before those that have it in them', () => {
  const commands = [{ name: 'pre' }, { name: 'review' }, { name: 'ask' }];
  assert.deepEqual(
    matchingCommands(commands, 'RE').map(({ value }) => value),
    ['review', 'pre'],
  );
});

test('of the paths that were taken, those are sent that the prompt still speaks of', () => {
  const taken = new Set(['a.ts', 'src/with space.ts', 'gone.ts']);
  assert.deepEqual(spokenPaths('look at @src/with space.ts\nand @a.ts', taken), ['a.ts', 'src/with space.ts']);
});

test.run();
