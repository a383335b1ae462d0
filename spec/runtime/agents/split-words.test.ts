import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitWords } from '../../../runtime/agents/split-words.ts';
import { suite } from '../../support/suite.ts';

const test = suite('split words');

test('words are split as a shell splits them', () => {
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ['', []],
    ['  agent   acp\t--flag\n', ['agent', 'acp', '--flag']],
    [`agent 'two words' "and 'two' more"`, ['agent', 'two words', "and 'two' more"]],
    [`agent --name='a b'c`, ['agent', '--name=a bc']],
    [`agent '' ""`, ['agent', '', '']],
    [String.raw`agent a\ b \"q\" "x\"y\\z\n" 'raw\n'`, ['agent', 'a b', '"q"', String.raw`x"y\z\n`, String.raw`raw\n`]],
  ];
  for (const [line, words] of lines) assert.deepEqual(splitWords(line), words, line);
});

test('nothing is expanded and nothing ends the command', () => {
  assert.deepEqual(splitWords('agent $HOME `id` $(id) * ; rm -rf ~ && x | y > z #no'), [
    ...['agent', '$HOME', '`id`', '$(id)', '*', ';', 'rm', '-rf', '~', '&&', 'x', '|', 'y', '>', 'z', '#no'],
  ]);
});

test('an open quote and a dangling backslash are refused', () => {
  for (const line of [`agent 'a`, 'agent "a', 'agent a\\'])
    assert.throws(() => splitWords(line), /input|not closed|nothing after/);
});

test('whatever is quoted comes back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (words) => {
      const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
      assert.deepEqual(splitWords(quoted), words);
    }),
  );
});

test.run();
