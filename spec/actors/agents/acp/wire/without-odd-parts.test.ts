import fc from 'fast-check';
import * as assert from 'uvu/assert';
import * as z from 'zod';
import { parseLeniently } from '../../../../../actors/agents/acp/wire/without-odd-parts.ts';
import { suite } from '../../../../support/suite.ts';

const test = suite('answers without their odd parts');

const mode = z.looseObject({ id: z.string(), name: z.string().nullish() });
const answer = z.looseObject({
  sessionId: z.string(),
  modes: z.looseObject({ current: z.string(), available: z.array(mode) }).nullish(),
  options: z.array(mode).nullish(),
});

const parsed = (value: unknown) => {
  const result = parseLeniently(answer, value);
  return result.kind === 'parsed' ? result.value : result;
};

test('the smallest part goes that can: a field, an entry, an option', () => {
  const good = { id: 'plan', name: 'Plan' };
  assert.equal(parsed({ sessionId: 'a', options: [good, { id: 'b', name: 5 }] }), {
    sessionId: 'a',
    options: [good, { id: 'b' }],
  });
  assert.equal(parsed({ sessionId: 'a', options: [{ name: 'no id' }, good, null] }), {
    sessionId: 'a',
    options: [good],
  });
  assert.equal(parsed({ sessionId: 'a', modes: { current: 1, available: [good] } }), { sessionId: 'a' });
  assert.equal(parsed({ sessionId: 'a', modes: 'none', options: {} }), { sessionId: 'a' });
});

test('what is needed is named with what it has to be', () => {
  const refused = parseLeniently(answer, { sessionId: 5, modes: 'none' });
  assert.is(
    refused.kind === 'refused' ? `${refused.path}: ${refused.why}` : '',
    'sessionId: Invalid input: expected string, received number',
  );
  assert.is(parseLeniently(answer, 'hello').kind, 'refused');
});

test('whatever the optional parts are, an answer with its needed ones is read, and what it came from is unchanged', () => {
  const anything = fc.anything({ maxDepth: 4 });
  fc.assert(
    fc.property(fc.string(), anything, anything, (sessionId, modes, options) => {
      const value = Object.freeze({ sessionId, modes, options });
      const result = parseLeniently(answer, value);
      assert.is(result.kind === 'parsed' ? result.value.sessionId : null, sessionId);
      if (result.kind === 'parsed') assert.is(answer.safeParse(result.value).success, true);
      assert.equal(value, { sessionId, modes, options });
    }),
  );
});

test('a list of thousands of odd entries is read in a few rounds', () => {
  let parses = 0;
  const counted: typeof answer = Object.assign(Object.create(answer), {
    safeParse: (value: unknown) => {
      parses += 1;
      return answer.safeParse(value);
    },
  });
  const options = Array.from({ length: 20_000 }, () => ({ name: 'no id' }));
  const result = parseLeniently(counted, { sessionId: 'a', options });
  assert.equal(result.kind === 'parsed' ? result.value.options : null, []);
  assert.ok(parses < 5);
});

test.run();
