import * as assert from 'uvu/assert';
import { readCommands } from '../../../../actors/agents/acp/commands.ts';
import { suite } from '../../../support/suite.ts';

const test = suite('commands');

const offered = (availableCommands: unknown) =>
  readCommands({ sessionUpdate: 'available_commands_update', availableCommands });

test('commands are read with what they do and take', () => {
  const read = offered([
    { name: 'review', description: 'Looks at it', input: { hint: '[file]' } },
    { name: 'plan', description: '', input: null },
  ]);
  assert.equal(read?.commands, [{ name: 'review', description: 'Looks at it', hint: '[file]' }, { name: 'plan' }]);
});

test('an odd command costs itself, and no list is no commands', () => {
  const read = offered([{ name: 'review' }, { description: 'without a name' }, 5, { name: 'plan', input: 'odd' }]);
  assert.equal(read?.commands, [{ name: 'review' }, { name: 'plan' }]);
  assert.equal(read?.odd, [{ description: 'without a name' }, 5]);
  assert.is(offered('none'), null);
  assert.is(readCommands(null), null);
});

test('there are at most 200 of them, and their texts are cut', () => {
  const many = Array.from({ length: 1_000 }, (_, nth) => ({
    name: `${nth} ${'n'.repeat(1_000)}`,
    description: 'd'.repeat(10_000),
    input: { hint: 'h'.repeat(10_000) },
  }));
  const read = offered(many);
  assert.is(read?.commands.length, 200);
  assert.ok(JSON.stringify(read?.commands).length < 200 * 800);
});

test.run();
